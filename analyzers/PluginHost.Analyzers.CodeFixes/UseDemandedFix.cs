using System.Collections.Generic;
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

/// <summary>PHG005: keeps what the demand returned, and uses it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UseDemandedFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG005"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        node = node is ArgumentSyntax argument ? argument.Expression : node;
        if (node is not ExpressionSyntax used || diagnostic.AdditionalLocations.Count > 0 || HostTypes.In(model.Compilation) is not { } host
            || model.GetTypeInfo(used, cancellation).ConvertedType is not { } needed || (needed.SpecialType != SpecialType.System_String && needed.Name != "Uri"))
        {
            return None;
        }

        if (!IsRequest(used, model, cancellation))
        {
            return None;
        }

        var function = FunctionAround(used);
        var demands = used.Ancestors().OfType<BlockSyntax>().TakeWhile(block => FunctionAround(block) == function || block.Parent == function)
            .SelectMany(block => block.Statements.Where(statement => statement.Span.End <= used.SpanStart)).ToList();

        // The result that is there, or a statement that drops it.
        var names = new HashSet<string>(used.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.Text));
        var all = demands.Where(IsDemand).OrderByDescending(statement => statement.SpanStart).ToList();
        foreach (var statement in all.Where(statement => all.Count == 1 || statement.DescendantNodes().OfType<ArgumentSyntax>().Any(given => given.Expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => names.Contains(name.Identifier.Text)))))
        {
            var (expression, name) = statement switch
            {
                LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: InvocationExpressionSyntax value } variable] } => (value, variable.Identifier.Text),
                ExpressionStatementSyntax { Expression: InvocationExpressionSyntax value } => (value, null),
                _ => (null, null),
            };
            if (expression is null || !IsDemandOfARequest(expression))
            {
                continue;
            }

            // Each of several that are mended at once gets a name of its own.
            var dropped = function?.DescendantNodes().OfType<ExpressionStatementSyntax>().Count(each => each.SpanStart < statement.SpanStart && each.Expression is InvocationExpressionSyntax value && IsDemandOfARequest(value)) ?? 0;
            var kept = name ?? Unused(model, used.SpanStart, dropped == 0 ? "granted" : $"granted{dropped + 1}");
            ExpressionSyntax text = SyntaxFactory.IdentifierName(kept);
            var use = Clean(needed.Name == "Uri" ? SyntaxFactory.ParseExpression($"new global::System.Uri({kept})") : text).WithTriviaFrom(used);
            if (name is not null)
            {
                return ("Use what Demand returned", root => root.ReplaceNode(used, use));
            }

            var declaration = Clean(SyntaxFactory.ParseStatement($"var {kept} = {expression};").WithTriviaFrom(statement));
            return ("Use what Demand returns", root => root.ReplaceNodes([used, (SyntaxNode)statement], (before, _) => before == used ? use : declaration));
        }

        return None;

        bool IsDemand(StatementSyntax statement) => statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(IsDemandOfARequest);

        bool IsDemandOfARequest(InvocationExpressionSyntax invocation) =>
            invocation.ArgumentList.Arguments is [{ Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "HttpEgress" } }, _]
            && model.GetSymbolInfo(invocation, cancellation).Symbol is IMethodSymbol { Name: "Demand" } method && method.ContainingType.Is(host.HostFunctionCall);
    }

    /// <summary>What a demand of files returns is a path of the skill's, which means nothing to this machine.</summary>
    private static bool IsRequest(SyntaxNode node, SemanticModel model, CancellationToken cancellation) => node.Ancestors()
        .Select(each => each is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax ? model.GetSymbolInfo(each, cancellation).Symbol : null).OfType<ISymbol>()
        .Any(symbol => AmbientUse.KindOf(symbol) == AmbientKind.Network);
}
