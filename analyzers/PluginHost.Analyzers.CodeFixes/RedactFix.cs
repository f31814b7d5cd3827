using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG014: shows that there is a secret, not which.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RedactFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG014"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (HostTypes.In(model.Compilation) is not { } host)
        {
            return None;
        }

        var revealed = node.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
            .Where(invocation => invocation.Expression is MemberAccessExpressionSyntax && model.GetSymbolInfo(invocation, cancellation).Symbol is IMethodSymbol { Name: "Reveal" } method && method.ContainingType.Is(host.SecretValue)).ToList();
        return revealed.Count == 0 ? None : ("Redact it", root => root.ReplaceNodes(revealed, (before, after) =>
            ((MemberAccessExpressionSyntax)((InvocationExpressionSyntax)after).Expression).WithName(SyntaxFactory.IdentifierName("Redacted")).WithTriviaFrom(before)));
    }
}
