using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG011 and PHG012: leaves the option at its default.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveAssignmentFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG011", "PHG012"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        // The option itself is assigned to here: not what a call around it returns, nor a variable of the application's own.
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax)
        {
            node = node.Parent;
        }

        var assignment = node as AssignmentExpressionSyntax ?? (node.Parent is AssignmentExpressionSyntax around && around.Right == node ? around : null);
        if (assignment is null || model.GetSymbolInfo(assignment.Left, cancellation).Symbol is not IPropertySymbol { ContainingAssembly.Name: "PluginHost" })
        {
            return None;
        }

        return assignment.Parent switch
        {
            InitializerExpressionSyntax initializer => ("Leave it at its default", root => root.ReplaceNode(initializer, Clean(initializer.WithExpressions(initializer.Expressions.Remove(assignment))))),
            ExpressionStatementSyntax { Parent: BlockSyntax } statement => ("Leave it at its default", root => root.RemoveNode(statement, Options(statement))!),
            ExpressionStatementSyntax { Parent: GlobalStatementSyntax global } => ("Leave it at its default", root => root.RemoveNode(global, Options(global))!),
            _ => None,
        };
    }

    /// <summary>Comments before it may be about what comes after it.</summary>
    private static SyntaxRemoveOptions Options(SyntaxNode node) =>
        node.GetLeadingTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.IsDirective)
            ? SyntaxRemoveOptions.KeepLeadingTrivia | SyntaxRemoveOptions.KeepDirectives
            : SyntaxRemoveOptions.KeepNoTrivia;
}
