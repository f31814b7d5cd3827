using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers.Host;

/// <summary>One <c>HostFunctions.Add(name, function)</c>, and what it registers.</summary>
internal sealed class Registration
{
    private Registration(IInvocationOperation invocation, IOperation function) => (Invocation, Function) = (invocation, function);

    public IInvocationOperation Invocation { get; }

    /// <summary>The argument.</summary>
    public IOperation Function { get; }

    /// <summary>The registration that a call is; null where it is none.</summary>
    public static Registration? Of(HostTypes host, IInvocationOperation invocation) =>
        invocation.TargetMethod is { Name: "Add", Parameters.Length: 2 } method && method.ContainingType.Is(host.HostFunctions)
        && invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 1)?.Value is { } function
            ? new Registration(invocation, function)
            : null;

    /// <summary>Lambdas and methods that the argument may be; null among them where that is not written here.</summary>
    public IEnumerable<IOperation?> Targets() => Targets(Function);

    /// <summary>The same of any value that is a delegate.</summary>
    public static IEnumerable<IOperation?> Targets(IOperation value) => Targets(value, depth: 0);

    private static IEnumerable<IOperation?> Targets(IOperation value, int depth) => value switch
    {
        IConversionOperation conversion => Targets(conversion.Operand, depth),
        IParenthesizedOperation parenthesized => Targets(parenthesized.Operand, depth),
        IDelegateCreationOperation creation => Targets(creation.Target, depth),
        IAnonymousFunctionOperation or IMethodReferenceOperation => [value],
        IConditionalOperation { WhenFalse: { } other } choice => Targets(choice.WhenTrue, depth).Concat(Targets(other, depth)),
        ICoalesceOperation coalesce => Targets(coalesce.Value, depth).Concat(Targets(coalesce.WhenNull, depth)),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Targets(arm.Value, depth)),
        ILocalReferenceOperation local when depth < 4 => Written(value, local.Local, depth),
        IFieldReferenceOperation field when depth < 4 && field.SemanticModel is { } model => Initializer(model, field.Field, depth),
        _ => [null],
    };

    /// <summary>Whatever is stored in a local anywhere in the code around.</summary>
    private static IEnumerable<IOperation?> Written(IOperation use, ILocalSymbol local, int depth)
    {
        var values = new List<IOperation>();
        var isWrittenOtherwise = false;
        foreach (var operation in HostFunction.Descendants(Root(use)))
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local):
                    values.AddRange(declarator.GetVariableInitializer() is { Value: { } value } ? [value] : []);
                    break;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when Same(target):
                    values.Add(assignment.Value);
                    break;
                case IAssignmentOperation assignment when assignment is not ISimpleAssignmentOperation && HostFunction.AndDescendants(assignment.Target).OfType<ILocalReferenceOperation>().Any(Same):
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: ILocalReferenceOperation passed } when Same(passed):
                    isWrittenOtherwise = true;
                    break;
            }
        }

        var targets = values.SelectMany(value => Targets(value, depth + 1));
        return values.Count == 0 || isWrittenOtherwise ? targets.Append(null) : targets;

        bool Same(ILocalReferenceOperation reference) => SymbolEqualityComparer.Default.Equals(reference.Local, local);
    }

    private static IEnumerable<IOperation?> Initializer(SemanticModel model, IFieldSymbol field, int depth) =>
        field.IsReadOnly && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(CancellationToken.None) is VariableDeclaratorSyntax { Initializer.Value: { } written }
        && written.SyntaxTree == model.SyntaxTree && model.GetOperation(written) is { } value && !IsAssigned(model, field)
            ? Targets(value, depth + 1)
            : [null];

    /// <summary>Whether a constructor, the only place that may, puts something else into a field.</summary>
    private static bool IsAssigned(SemanticModel model, IFieldSymbol field) => field.ContainingType.Constructors.SelectMany(constructor => constructor.DeclaringSyntaxReferences).Any(reference =>
        reference.SyntaxTree != model.SyntaxTree || reference.GetSyntax(CancellationToken.None).DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(assignment =>
            SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(assignment.Left).Symbol, field)));

    public static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
