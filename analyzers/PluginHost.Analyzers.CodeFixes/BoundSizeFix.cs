using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG019: refuses what is larger than a bound, which whoever applies it may change.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class BoundSizeFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG019"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        node = node is ArgumentSyntax argument ? argument.Expression : node;
        if (node is not IdentifierNameSyntax name || model.GetTypeInfo(name, cancellation).Type?.SpecialType is not (SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64)
            || model.GetSymbolInfo(name, cancellation).Symbol is not (IParameterSymbol or ILocalSymbol) || name.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement
            || FunctionAround(statement) != FunctionAround(name)
            || model.GetSymbolInfo(name, cancellation).Symbol!.DeclaringSyntaxReferences.Any(reference => statement.Span.Contains(reference.Span)))
        {
            return None;
        }

        var suffix = model.GetTypeInfo(name, cancellation).Type!.SpecialType switch
        {
            SpecialType.System_UInt32 => "u",
            SpecialType.System_UInt64 => "ul",
            SpecialType.System_Int64 => "L",
            _ => "",
        };
        var guard = Clean(SyntaxFactory.ParseStatement($"global::System.ArgumentOutOfRangeException.ThrowIfGreaterThan({name.Identifier.Text}, 1_024{suffix});"))
            .WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);

        // What stands before the statement, comments and directives, stands before both.
        return ("Refuse more than 1,024", root => root.TrackNodes(statement) is var tracked && tracked.InsertNodesBefore(tracked.GetCurrentNode(statement)!, [guard]) is var inserted
            && inserted.GetCurrentNode(statement)! is var moved ? inserted.ReplaceNode(moved, moved.WithLeadingTrivia(SyntaxFactory.ElasticMarker).WithAdditionalAnnotations(Microsoft.CodeAnalysis.Formatting.Formatter.Annotation)) : root);
    }
}
