using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG006: lets denials pass by.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class DenialFilterFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG006"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        // Where nothing but a denial is caught, a filter would leave nothing to catch.
        if (node.FirstAncestorOrSelf<CatchClauseSyntax>() is not { } clause
            || (clause.Declaration?.Type is { } type && model.GetTypeInfo(type, cancellation).Type?.Name == "CapabilityDeniedException"))
        {
            return None;
        }

        return ("Let denials pass", root =>
        {
            var name = clause.Declaration?.Identifier is { Text.Length: > 0 } identifier ? identifier.Text : Free(model, clause);
            var declaration = clause.Declaration is { } there
                ? (there.Identifier.Text.Length > 0 ? there : there.WithType(there.Type.WithTrailingTrivia(SyntaxFactory.Space)).WithIdentifier(SyntaxFactory.Identifier(name)))
                : SyntaxFactory.CatchDeclaration(SyntaxFactory.ParseTypeName(Short(model, clause.SpanStart, "System", "Exception")).WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Identifier(name));
            var test = $"{name} is not {Short(model, clause.SpanStart, "PluginHost", "CapabilityDeniedException")}";
            var filter = clause.Filter is { } old ? $"{test} && ({old.FilterExpression})" : test;
            return root.ReplaceNode(clause, Clean(clause
                .WithCatchKeyword(clause.CatchKeyword.WithTrailingTrivia(SyntaxFactory.Space))
                .WithDeclaration(Clean(declaration.WithTrailingTrivia(SyntaxFactory.Space)))
                .WithFilter(Clean(SyntaxFactory.CatchFilterClause(SyntaxFactory.ParseExpression(filter)).WithTrailingTrivia(clause.Block.GetFirstToken().GetPreviousToken().TrailingTrivia)))));
        });
    }

    /// <summary>Clauses beside each other may use the same name, one within another may not.</summary>
    private static string Free(SemanticModel model, CatchClauseSyntax clause)
    {
        var around = clause.Ancestors().OfType<CatchClauseSyntax>().Count();
        var name = around == 0 ? "e" : $"e{around + 1}";
        return model.LookupSymbols(clause.Block.SpanStart, name: name).IsEmpty && !clause.DescendantTokens().Any(token => token.Text == name) ? name : Unused(model, clause.SpanStart, "exception");
    }
}
