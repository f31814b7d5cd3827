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

        var function = FunctionAround(used);
        var demands = used.Ancestors().OfType<BlockSyntax>().TakeWhile(block => FunctionAround(block) == function || block.Parent == function)
            .SelectMany(block => block.Statements.Where(statement => statement.Span.End <= used.SpanStart)).ToList();

        // The result that is there, or a statement that drops it.
        foreach (var statement in demands.AsEnumerable().Reverse())
        {
            var (expression, name) = statement switch
            {
                LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: InvocationExpressionSyntax value } variable] } => (value, variable.Identifier.Text),
                ExpressionStatementSyntax { Expression: InvocationExpressionSyntax value } => (value, null),
                _ => (null, null),
            };
            if (expression is null || model.GetSymbolInfo(expression, cancellation).Symbol is not IMethodSymbol { Name: "Demand" } method || !method.ContainingType.Is(host.HostFunctionCall))
            {
                continue;
            }

            var kept = name ?? Unused(model, used.SpanStart, "granted");
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
    }
}
