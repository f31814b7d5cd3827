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

/// <summary>PHG013 and PHG016: awaits what was dropped, or waited for by a blocked thread.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AwaitFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG013", "PHG016"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (diagnostic.Id == "PHG013" && node is MethodDeclarationSyntax { ReturnType: PredefinedTypeSyntax } method && IsAsync(method))
        {
            return ("Return a ValueTask", root => root.ReplaceNode(method.ReturnType, Clean(SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.ValueTask")).WithTriviaFrom(method.ReturnType)));
        }

        node = node is ArgumentSyntax argument ? argument.Expression : node;
        if (node is not ExpressionSyntax expression || FunctionAround(expression) is not { } function || IsLocked(expression, function))
        {
            return None;
        }

        var (replaced, task) = Awaited(expression, model, diagnostic.Id, cancellation);
        if (replaced is null || task is null)
        {
            return None;
        }

        var awaits = SyntaxFactory.AwaitExpression(task.WithoutTrivia().WithLeadingTrivia(SyntaxFactory.Space));
        ExpressionSyntax use = replaced.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax or ReturnStatementSyntax or EqualsValueClauseSyntax or LambdaExpressionSyntax
            ? awaits
            : SyntaxFactory.ParenthesizedExpression(awaits);
        if (IsAsync(function))
        {
            return ("Await it", root => root.ReplaceNode(replaced, Clean(use.WithTriviaFrom(replaced))));
        }

        // The function itself begins to await: the host takes either. One that returns a task already would return a task of it.
        if (!IsFree(function, model, cancellation) || (model.GetSymbolInfo(function, cancellation).Symbol ?? model.GetDeclaredSymbol(function, cancellation)) is not IMethodSymbol { ReturnsByRef: false } symbol || symbol.ReturnType.IsTask())
        {
            return None;
        }

        return function switch
        {
            LambdaExpressionSyntax lambda => ("Await it", root =>
            {
                var changed = (LambdaExpressionSyntax)lambda.ReplaceNode(replaced, Clean(use.WithTriviaFrom(replaced)));
                var keyword = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
                return root.ReplaceNode(lambda, Clean<SyntaxNode>(changed is ParenthesizedLambdaExpressionSyntax parenthesized
                    ? parenthesized.WithParameterList(parenthesized.ParameterList.WithoutLeadingTrivia()).WithAsyncKeyword(keyword).WithLeadingTrivia(lambda.GetLeadingTrivia())
                    : ((SimpleLambdaExpressionSyntax)changed).WithoutLeadingTrivia().WithAsyncKeyword(keyword).WithLeadingTrivia(lambda.GetLeadingTrivia())));
            }),
            MethodDeclarationSyntax marked => ("Await it", root =>
            {
                var changed = marked.ReplaceNode(replaced, Clean(use.WithTriviaFrom(replaced))).WithoutLeadingTrivia();
                var returned = symbol.ReturnsVoid ? "global::System.Threading.Tasks.Task" : $"global::System.Threading.Tasks.Task<{marked.ReturnType.WithoutTrivia()}>";
                return root.ReplaceNode(marked, Clean(changed
                    .WithReturnType(Clean(SyntaxFactory.ParseTypeName(returned)).WithTrailingTrivia(SyntaxFactory.Space))
                    .AddModifiers(SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space))
                    .WithLeadingTrivia(marked.GetLeadingTrivia())));
            }),
            _ => None,
        };
    }

    /// <summary>What is replaced by an await, and of what.</summary>
    private static (ExpressionSyntax? Replaced, ExpressionSyntax? Task) Awaited(ExpressionSyntax expression, SemanticModel model, string id, CancellationToken cancellation)
    {
        if (id == "PHG013")
        {
            return expression.Parent switch
            {
                AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax, Left: IdentifierNameSyntax { Identifier.Text: "_" } } discard => (discard, expression),
                ExpressionStatementSyntax when expression is not ConditionalAccessExpressionSyntax => (expression, expression),
                EqualsValueClauseSyntax => (null, null),
                _ => (null, null),
            };
        }

        return expression switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Result" } result => (result, result.Expression),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetResult", Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetAwaiter" } awaiter } } } got => (got, awaiter.Expression),
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Parent: ExpressionStatementSyntax, Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Wait", Expression: { } task } } wait when model.GetTypeInfo(task, cancellation).Type.IsTask() => (wait, task),
            InvocationExpressionSyntax { Parent: ExpressionStatementSyntax, Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Sleep" } } sleep =>
                (sleep, SyntaxFactory.InvocationExpression(Clean(SyntaxFactory.ParseExpression("global::System.Threading.Tasks.Task.Delay")), sleep.ArgumentList)),
            _ => (null, null),
        };
    }

    /// <summary>Within a lock, or where a pointer is held, nothing can be awaited; nor where a span is a parameter.</summary>
    private static bool IsLocked(SyntaxNode node, SyntaxNode function) =>
        node.Ancestors().TakeWhile(each => each != function).Any(each => each is LockStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax)
        || function is ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: var parameters } && parameters.Any(parameter => parameter.Type?.ToString().Contains("Span<") != false)
        || function is MethodDeclarationSyntax { ParameterList.Parameters: var own } && own.Any(parameter => parameter.Modifiers.Any() || parameter.Type?.ToString().Contains("Span<") == true);
}
