using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>Numbers that a guest decides on, and what must not grow with them unless they were compared with a bound.</summary>
internal sealed class GuestNumberPolicy : FlowPolicy
{
    /// <summary>Small types bound themselves.</summary>
    public override bool IsHarmless(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum || type.SpecialType is SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char;

    public override bool IsSanitizer(IOperation operation, Func<IOperation, bool> isTainted) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Min" or "Clamp", ContainingType.Name: "Math" or "Int32" or "Int64" } } invocation =>
            invocation.Arguments.Any(argument => (invocation.TargetMethod.Name == "Min" || argument.Parameter?.Ordinal == 2) && !isTainted(argument.Value)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And } masked => !isTainted(masked.RightOperand) || !isTainted(masked.LeftOperand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Remainder } rest => !isTainted(rest.RightOperand),

        // What a guest sent is as large as what it sent.
        IPropertyReferenceOperation { Property: { Name: "Length" or "Count" or "LongLength" or "Chars", ContainingNamespace: { } space } } => space.ToDisplayString().StartsWith("System", StringComparison.Ordinal),
        IInvocationOperation { TargetMethod.Name: "GetHashCode" or "GetByteCount" or "IndexOf" or "LastIndexOf" or "Count" } => true,
        _ => false,
    };

    public override IOperation? Assured(IInvocationOperation invocation) =>
        invocation.TargetMethod is { Name: "ThrowIfGreaterThan" or "ThrowIfGreaterThanOrEqual" or "ThrowIfNotEqual", ContainingType.Name: "ArgumentOutOfRangeException" } ? Demands.Argument(invocation, 0) : null;

    public override IOperation? AssuredBy(IOperation condition, bool outcome, Func<IOperation, bool> isTainted)
    {
        return condition switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual } less => outcome ? Bounded(less.LeftOperand, less.RightOperand) : Bounded(less.RightOperand, less.LeftOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual } greater => outcome ? Bounded(greater.RightOperand, greater.LeftOperand) : Bounded(greater.LeftOperand, greater.RightOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equals when outcome => Bounded(equals.LeftOperand, equals.RightOperand) ?? Bounded(equals.RightOperand, equals.LeftOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } differs when !outcome => Bounded(differs.LeftOperand, differs.RightOperand) ?? Bounded(differs.RightOperand, differs.LeftOperand),
            IIsPatternOperation { Pattern: INegatedPatternOperation negated } not when !outcome && IsBounding(negated.Pattern) => not.Value,
            IIsPatternOperation { Pattern: not INegatedPatternOperation } pattern => outcome ? (IsBounding(pattern.Pattern) ? pattern.Value : null) : (IsExcess(pattern.Pattern) ? pattern.Value : null),
            _ => null,
        };

        IOperation? Bounded(IOperation small, IOperation large) => isTainted(large) ? null : small;
    }

    public override IEnumerable<IOperation> Sinks(IOperation operation)
    {
        switch (operation)
        {
            case IArrayCreationOperation array:
                return array.Initializer is null ? array.DimensionSizes : [];
            case IInvocationOperation invocation when IsAllocation(invocation.TargetMethod):
                return invocation.Arguments.Where(argument => argument.Parameter?.Name is "minimumLength" or "length" or "capacity" or "count" or "newSize" or "size" or "totalWidth" or "minimumBufferSize" or "minBufferSize").Select(argument => argument.Value);
            case IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "Regex" } regex } invocation when IsUntimed(regex, invocation):
                return invocation.Arguments.Where(argument => argument.Parameter?.Name == "input").Select(argument => argument.Value);
            case IObjectCreationOperation creation:
                return creation.Arguments
                    .Where(argument => argument.Parameter is { Name: "capacity" or "initialCapacity" or "boundedCapacity" } || (argument.Parameter?.Name == "count" && creation.Type?.SpecialType == SpecialType.System_String))
                    .Select(argument => argument.Value);
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Capacity" } } assignment:
                return [assignment.Value];
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual } turns when IsLoopCondition(turns.Syntax):
                return [turns.RightOperand];
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual } turns when IsLoopCondition(turns.Syntax):
                return [turns.LeftOperand];
            default:
                return operation.Syntax is StackAllocArrayCreationExpressionSyntax && operation.Kind == OperationKind.None ? operation.ChildOperations.ToList() : [];
        }
    }

    /// <summary>Whether a comparison alone decides that a loop turns again: one of several that must hold stops it earlier at most.</summary>
    private static bool IsLoopCondition(SyntaxNode syntax)
    {
        while (syntax.Parent is ParenthesizedExpressionSyntax parenthesized)
        {
            syntax = parenthesized;
        }

        return (syntax.Parent is ForStatementSyntax loop && loop.Condition == syntax) || (syntax.Parent is WhileStatementSyntax turn && turn.Condition == syntax) || (syntax.Parent is DoStatementSyntax repeat && repeat.Condition == syntax);
    }

    private static bool IsAllocation(IMethodSymbol method) => (method.ContainingType.Name, method.Name) is
        ("ArrayPool", "Rent") or ("MemoryPool", "Rent") or ("GC", "AllocateArray" or "AllocateUninitializedArray") or ("Array", "Resize" or "CreateInstance") or ("Enumerable", "Repeat" or "Range")
        or ("String", "PadLeft" or "PadRight") or (_, "EnsureCapacity") or ("CollectionsMarshal", "SetCount") or ("RandomNumberGenerator", "GetBytes");

    private static bool IsUntimed(IMethodSymbol method, IInvocationOperation invocation) =>
        method.Name is "IsMatch" or "Match" or "Matches" or "Replace" or "Split" or "Count" or "EnumerateMatches"
        && method.ContainingNamespace?.ToDisplayString() == "System.Text.RegularExpressions"
        && !method.Parameters.Any(parameter => parameter.Name == "matchTimeout")
        && !invocation.Arguments.Any(argument => argument.Parameter?.Name == "options" && argument.Value.ConstantValue is { HasValue: true, Value: int options } && (options & 0x400) != 0);

    private static bool IsBounding(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation => true,
        IRelationalPatternOperation relation => relation.OperatorKind is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual,
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => IsBounding(either.LeftPattern) && IsBounding(either.RightPattern),
        IBinaryPatternOperation both => IsBounding(both.LeftPattern) || IsBounding(both.RightPattern),
        _ => false,
    };

    /// <summary>Patterns that hold for everything above a bound.</summary>
    private static bool IsExcess(IPatternOperation pattern) => pattern switch
    {
        IRelationalPatternOperation relation => relation.OperatorKind is BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual,
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => IsExcess(either.LeftPattern) || IsExcess(either.RightPattern),
        _ => false,
    };
}
