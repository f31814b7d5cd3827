using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>A fix of one place: it is offered where it can be made, and not elsewhere.</summary>
public abstract class RuleFix : CodeFixProvider
{
    /// <summary>What is changed, and what stands there afterwards.</summary>
    private protected delegate SyntaxNode Change(SyntaxNode root);

    /// <inheritdoc />
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root
            || await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Find(node, model, diagnostic, context.CancellationToken) is var (title, change) && change is not null)
            {
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(change(root))), GetType().Name + diagnostic.Id), diagnostic);
            }
        }
    }

    /// <summary>The fix for a place; none where it cannot be made.</summary>
    private protected abstract (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation);

    private protected static (string Title, Change? Change) None => ("", null);

    /// <summary>The method, lambda or local function around a node.</summary>
    private protected static SyntaxNode? FunctionAround(SyntaxNode node) => node.AncestorsAndSelf().FirstOrDefault(each => each is MethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax);

    private protected static bool IsAsync(SyntaxNode? function) => function switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    private protected static T Clean<T>(T node)
        where T : SyntaxNode => node.WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);

    /// <summary>A name that nothing near has.</summary>
    private protected static string Unused(SemanticModel model, int position, string name)
    {
        var root = model.SyntaxTree.GetRoot();
        var function = root.FindToken(position).Parent is { } node ? FunctionAround(node) ?? root : root;
        var taken = new HashSet<string>(function.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.Text).Concat(model.LookupSymbols(position).Select(symbol => symbol.Name)));
        var free = name;
        for (var i = 2; taken.Contains(free); i++)
        {
            free = name + i;
        }

        return free;
    }

    /// <summary>A type by its short name, where that means it.</summary>
    private protected static string Short(SemanticModel model, int position, string space, string name, string suffix = "") =>
        model.LookupNamespacesAndTypes(position, name: name + suffix).OfType<INamedTypeSymbol>().Any(type => type.ContainingNamespace?.ToDisplayString() == space) ? name : $"global::{space}.{name}";

    /// <summary>
    /// Whether the signature of a function is nobody's but its own: a lambda that is registered as it stands, or a method that overrides and implements nothing and that nobody but the host calls.
    /// </summary>
    private protected static bool IsFree(SyntaxNode? function, SemanticModel model, CancellationToken cancellation)
    {
        if (function is LambdaExpressionSyntax lambda)
        {
            return lambda.Parent is ArgumentSyntax && model.GetTypeInfo(lambda, cancellation).ConvertedType?.SpecialType == SpecialType.System_Delegate && lambda is not ParenthesizedLambdaExpressionSyntax { ReturnType: not null };
        }

        return function is MethodDeclarationSyntax or LocalFunctionStatementSyntax
            && model.GetDeclaredSymbol(function, cancellation) is IMethodSymbol { IsOverride: false, IsVirtual: false, IsAbstract: false, IsPartialDefinition: false, PartialDefinitionPart: null } method
            && !method.Parameters.Any(parameter => parameter.IsOptional || parameter.IsParams || parameter.Type.IsRefLikeType || parameter.RefKind != RefKind.None)
            && !method.ContainingType.AllInterfaces.SelectMany(each => each.GetMembers(method.Name)).Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method))
            && !model.Compilation.SyntaxTrees.SelectMany(tree => tree.GetRoot(cancellation).DescendantNodes().OfType<SimpleNameSyntax>()).Any(name => name.Identifier.Text == method.Name && !IsRegistered(name));
    }

    private static bool IsRegistered(SimpleNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return whole.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Add" } } } };
    }

    /// <summary>The parameters of a function that can be given another one; null where their types are not written.</summary>
    private protected static ParameterListSyntax? Parameters(SyntaxNode? function) => function switch
    {
        MethodDeclarationSyntax method when !method.Modifiers.Any(SyntaxKind.OverrideKeyword) => method.ParameterList,
        LocalFunctionStatementSyntax local => local.ParameterList,
        ParenthesizedLambdaExpressionSyntax lambda when lambda.ParameterList.Parameters.All(parameter => parameter.Type is not null) => lambda.ParameterList,
        _ => null,
    };

    private protected static ParameterSyntax Parameter(string type, string name) =>
        SyntaxFactory.Parameter(SyntaxFactory.Identifier(name)).WithType(Clean(SyntaxFactory.ParseTypeName(type)).WithTrailingTrivia(SyntaxFactory.Space));
}
