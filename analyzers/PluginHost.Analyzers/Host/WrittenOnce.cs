using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers.Host;

/// <summary>What a variable, or a field that nothing changes, holds: where that is written in the same file.</summary>
internal static class WrittenOnce
{
    /// <summary>The value behind a reference; null where it is none of these, or is written more than once.</summary>
    public static IOperation? Value(IOperation reference) => reference switch
    {
        ILocalReferenceOperation local => OfLocal(local),
        IFieldReferenceOperation { Field: { IsReadOnly: true } field } => OfField(reference.SemanticModel, field),
        _ => null,
    };

    private static IOperation? OfLocal(ILocalReferenceOperation local)
    {
        IOperation? value = null;
        foreach (var operation in HostFunction.Descendants(Registration.Root(local)))
        {
            switch (operation)
            {
                case IAssignmentOperation { Target: ILocalReferenceOperation target } when SymbolEqualityComparer.Default.Equals(target.Local, local.Local):
                    return null;
                case IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local.Local):
                    value = declarator.GetVariableInitializer()?.Value;
                    break;
            }
        }

        return value;
    }

    private static IOperation? OfField(SemanticModel? model, IFieldSymbol field) =>
        model is not null && field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(CancellationToken.None) is VariableDeclaratorSyntax { Initializer.Value: { } written } && written.SyntaxTree == model.SyntaxTree
            ? model.GetOperation(written)
            : null;
}
