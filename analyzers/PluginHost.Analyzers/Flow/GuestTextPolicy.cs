using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>Text and objects that a guest decides on, and what must not be done with them unless they were demanded. Numbers and the like name nothing.</summary>
internal sealed class GuestTextPolicy(HostTypes host) : FlowPolicy
{
    /// <summary>Parameters that carry what is sent or stored, not where.</summary>
    private static readonly HashSet<string> Contents = new(StringComparer.OrdinalIgnoreCase)
    {
        "content", "contents", "bytes", "buffer", "value", "data", "datagram", "dgram", "text", "lines", "encoding", "options", "jsonTypeInfo", "completionOption", "creationTime", "lastAccessTime", "lastWriteTime",
    };

    public override bool IsHarmless(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_Double and not SpecialType.System_Char) or SpecialType.System_Decimal or SpecialType.System_DateTime or SpecialType.System_Void
        || type.FullName() is "System.Guid" or "System.TimeSpan" or "System.DateTimeOffset" or "System.DateOnly" or "System.TimeOnly" or "System.Half" or "System.Int128" or "System.UInt128"
        || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [{ } inner] } && IsHarmless(inner));

    /// <summary>A demand of what names nothing outside, the time or the log, is none of a resource.</summary>
    public override IOperation? Demanded(IInvocationOperation invocation) =>
        Demands.IsDemand(host, invocation) && !(Demands.Argument(invocation, 0) is IPropertyReferenceOperation { Property: { Name: "Clock" or "Random" or "Log" or "Stdio" or "Variables" or "HostFunction" or "SkillCall" } property } && property.ContainingType.Is(host.Capability))
            ? Demands.Resource(invocation)
            : null;

    public override bool IsSanitizer(IOperation operation, Func<IOperation, bool> isTainted) => operation is IInvocationOperation { TargetMethod: { Name: "Escape", ContainingType.Name: "Regex" } };

    /// <summary>What was found equal to something that the host wrote, or in a list of its own, is the host's choice.</summary>
    public override IOperation? AssuredBy(IOperation condition, bool outcome, Func<IOperation, bool> isTainted)
    {
        return condition switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equals when outcome => Compared(equals.LeftOperand, equals.RightOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } differs when !outcome => Compared(differs.LeftOperand, differs.RightOperand),
            IIsPatternOperation { Pattern: INegatedPatternOperation negated } not when !outcome && IsConstant(negated.Pattern) => not.Value,
            IIsPatternOperation pattern when outcome && IsConstant(pattern.Pattern) => pattern.Value,
            IInvocationOperation { TargetMethod: { Name: "Equals", Parameters: [_, { Type.TypeKind: not TypeKind.Enum }] }, Instance: not null, Arguments: [var one, var other] } when outcome => Compared(one.Value, other.Value),
            IInvocationOperation { TargetMethod.Name: "Equals", Instance: { } instance, Arguments: [var other, ..] } when outcome => Compared(instance, other.Value),
            IInvocationOperation { TargetMethod.Name: "Equals", Instance: null, Arguments: [var one, var other, ..] } when outcome => Compared(one.Value, other.Value),
            IInvocationOperation { TargetMethod.Name: "Contains" or "ContainsKey" or "TryGetValue", Instance: { Type.SpecialType: not SpecialType.System_String } list, Arguments: [var item, ..] } when outcome && !isTainted(list) => item.Value,
            IInvocationOperation { TargetMethod: { Name: "Contains", ContainingNamespace: { } space }, Instance: null, Arguments: [var list, var item, ..] } when outcome && !isTainted(list.Value) && space.ToDisplayString() is "System.Linq" or "System" => item.Value,
            _ => null,
        };

        // Nothing, or no text, is no choice of the host's.
        IOperation? Compared(IOperation left, IOperation right) => IsOfTheHost(right) ? left : IsOfTheHost(left) ? right : null;

        bool IsOfTheHost(IOperation operation) => operation.ConstantValue is { HasValue: true, Value: null or "" } ? false : !isTainted(operation);
    }

    public override IEnumerable<IOperation> Sinks(IOperation operation)
    {
        switch (operation)
        {
            case IInvocationOperation invocation when IsQuery(invocation.TargetMethod):
                return invocation.Arguments.Where(argument => argument.Parameter?.Type.SpecialType == SpecialType.System_String).Select(argument => argument.Value).Take(1);
            case IInvocationOperation invocation:
                return Ambient(invocation.TargetMethod.ReducedFrom ?? invocation.TargetMethod, invocation.Arguments).Concat(Pattern(invocation.TargetMethod, invocation.Arguments));
            case IObjectCreationOperation { Constructor: { } constructor } creation when constructor.ContainingType.AndBases().Any(type => type.FullName() == "System.Data.Common.DbCommand"):
                return creation.Arguments.Where(argument => argument.Parameter?.Type.SpecialType == SpecialType.System_String).Select(argument => argument.Value);
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                return Ambient(constructor, creation.Arguments).Concat(Pattern(constructor, creation.Arguments));
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment
                when property.Name == "CommandText" && (property.ContainingType.AndBases().Any(type => type.FullName() == "System.Data.Common.DbCommand") || property.ContainingType.Name == "IDbCommand"):
                return [assignment.Value];
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "FileName" or "Arguments" or "BaseAddress" } property } } assignment
                when property.ContainingType.FullName() is "System.Diagnostics.ProcessStartInfo" or "System.Net.Http.HttpClient":
                return [assignment.Value];
            default:
                return [];
        }
    }

    private static IEnumerable<IOperation> Ambient(IMethodSymbol method, IEnumerable<IArgumentOperation> arguments) =>
        AmbientUse.KindOf(method) is AmbientKind.None || IsMadeOnly(method) ? [] : arguments.Where(argument => argument.Parameter is { } parameter && !Contents.Contains(parameter.Name)).Select(argument => argument.Value);

    /// <summary>Making one of these opens nothing: what is done with it does.</summary>
    private static bool IsMadeOnly(IMethodSymbol method) => method.MethodKind == MethodKind.Constructor && method.ContainingType.Name is "FileInfo" or "DirectoryInfo";

    private static IEnumerable<IOperation> Pattern(IMethodSymbol method, IEnumerable<IArgumentOperation> arguments) =>
        method.ContainingType.FullName() == "System.Text.RegularExpressions.Regex" ? arguments.Where(argument => argument.Parameter?.Name == "pattern").Select(argument => argument.Value) : [];

    /// <summary>What common libraries call a query that is not parameterized.</summary>
    private static bool IsQuery(IMethodSymbol method) =>
        method.Name is "FromSqlRaw" or "ExecuteSqlRaw" or "ExecuteSqlRawAsync" or "SqlQueryRaw"
        || (method.ContainingNamespace?.ToDisplayString() == "Dapper" && method.ContainingType.Name == "SqlMapper");

    private static bool IsConstant(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation constant => constant.Value.ConstantValue is { HasValue: true, Value: not null },
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => IsConstant(either.LeftPattern) && IsConstant(either.RightPattern),
        IBinaryPatternOperation both => IsConstant(both.LeftPattern) || IsConstant(both.RightPattern),
        _ => false,
    };
}
