using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG015: takes a token and passes it on to what can be told to stop.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AddTokenFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG015"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var function = node as AnonymousFunctionExpressionSyntax ?? FunctionAround(node);
        if (!IsFree(function, model, cancellation) || Parameters(function) is not { } parameters)
        {
            return None;
        }

        var name = Unused(model, function!.SpanStart, "cancellationToken");
        var forwarded = function.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(invocation => !IsApart(invocation, function) && TakesToken(invocation, model, cancellation)).ToList();
        return ("Take a CancellationToken", root => root.ReplaceNodes(forwarded.Concat<SyntaxNode>([parameters]), (_, after) => after switch
        {
            ParameterListSyntax list => Clean(list.AddParameters(Parameter("global::System.Threading.CancellationToken", name))),
            _ => Clean(((InvocationExpressionSyntax)after).AddArgumentListArguments(SyntaxFactory.Argument(SyntaxFactory.IdentifierName(name)))),
        }));
    }

    /// <summary>Whether it lies in a static lambda or local function, which sees no parameter of what is around it.</summary>
    private static bool IsApart(SyntaxNode node, SyntaxNode function) => node.Ancestors().TakeWhile(each => each != function).Any(each => each switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.Modifiers.Any(SyntaxKind.StaticKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.StaticKeyword),
        _ => false,
    });

    /// <summary>Whether one more argument, a token, suits an overload, or the method itself.</summary>
    private static bool TakesToken(InvocationExpressionSyntax invocation, SemanticModel model, CancellationToken cancellation)
    {
        if (model.GetSymbolInfo(invocation, cancellation).Symbol is not IMethodSymbol method || invocation.ArgumentList.Arguments.Any(argument => argument.NameColon is not null))
        {
            return false;
        }

        var given = invocation.ArgumentList.Arguments.Count;
        return method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Append(method).Any(other =>
            other.IsStatic == method.IsStatic && other.Parameters.Length == given + 1 && other.Parameters[given].Type.Name == "CancellationToken" && other.TypeParameters.Length == method.TypeParameters.Length
            && other.Parameters.Take(given).Zip(method.Parameters, (one, two) => SymbolEqualityComparer.Default.Equals(one.OriginalDefinition.Type, two.OriginalDefinition.Type)).All(same => same));
    }
}
