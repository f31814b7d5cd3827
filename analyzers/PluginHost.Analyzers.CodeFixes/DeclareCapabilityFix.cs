using System;
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
using PluginHost.Analyzers.Rules;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PHG001: adds the attribute for what the body uses.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class DeclareCapabilityFix : RuleFix
{
    private static readonly ImmutableArray<string> Writing = ["Write", "Append", "Create", "Delete", "Move", "Copy", "Replace", "Set"];

    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG001"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.ContainsKey(CapabilityDeclarationAnalyzer.Missing) || HostTypes.In(model.Compilation) is not { } host)
        {
            return None;
        }

        node = node is ArgumentSyntax argument ? argument.Expression : node;
        var function = node is AnonymousFunctionExpressionSyntax ? node
            : node.AncestorsAndSelf().OfType<MethodDeclarationSyntax>().FirstOrDefault(method => method.Identifier.Span == diagnostic.Location.SourceSpan)
            ?? node.AncestorsAndSelf().OfType<LocalFunctionStatementSyntax>().FirstOrDefault(local => local.Identifier.Span == diagnostic.Location.SourceSpan)
            ?? model.GetSymbolInfo(node, cancellation).Symbol?.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax(cancellation);
        if (function is not (MethodDeclarationSyntax or LocalFunctionStatementSyntax or LambdaExpressionSyntax))
        {
            return None;
        }

        var capabilities = Used(host, function, model, cancellation);
        var attributes = capabilities.Count == 0
            ? Attribute(Named("NoCapability"), "TODO: say why it needs none")
            : SyntaxFactory.List(capabilities.SelectMany(capability => Attribute(Named("RequiresCapability"), capability)));
        var title = capabilities.Count == 0 ? "Say that it needs no capability" : $"Require {string.Join(" and ", capabilities)}";
        return (title, root => root.ReplaceNode(function, With(function, attributes)));

        string Named(string name) => Short(model, function.SpanStart, "PluginHost", name, "Attribute");
    }

    private static SyntaxList<AttributeListSyntax> Attribute(string name, string text) => SyntaxFactory.SingletonList(Clean(SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Attribute(
        SyntaxFactory.ParseName(name),
        SyntaxFactory.AttributeArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.AttributeArgument(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text))))))))));

    private static SyntaxNode With(SyntaxNode function, SyntaxList<AttributeListSyntax> attributes)
    {
        switch (function)
        {
            case MethodDeclarationSyntax method:
                var lead = method.GetLeadingTrivia();
                var ends = attributes.Select(list => list.WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed));
                return method.AttributeLists.Count > 0
                    ? Clean(method.WithAttributeLists(method.AttributeLists.AddRange(ends)))
                    : Clean(method.WithoutLeadingTrivia().WithAttributeLists(SyntaxFactory.List(ends)).WithLeadingTrivia(lead));
            case LocalFunctionStatementSyntax local:
                return Clean(local.WithoutLeadingTrivia().WithAttributeLists(local.AttributeLists.AddRange(attributes.Select(list => list.WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed)))).WithLeadingTrivia(local.GetLeadingTrivia()));
            case ParenthesizedLambdaExpressionSyntax lambda:
                return Clean(lambda.WithoutLeadingTrivia().WithAttributeLists(lambda.AttributeLists.AddRange(attributes.Select(list => list.WithTrailingTrivia(SyntaxFactory.Space)))).WithLeadingTrivia(lambda.GetLeadingTrivia()));
            default:
                var simple = (SimpleLambdaExpressionSyntax)function;
                return Clean(SyntaxFactory.ParenthesizedLambdaExpression(SyntaxFactory.ParameterList(SyntaxFactory.SingletonSeparatedList(simple.Parameter.WithoutTrivia())), simple.Block, simple.ExpressionBody)
                    .WithAsyncKeyword(simple.AsyncKeyword).WithAttributeLists(SyntaxFactory.List(attributes.Select(list => list.WithTrailingTrivia(SyntaxFactory.Space)))).WithTriviaFrom(simple));
        }
    }

    /// <summary>What the body does, by what it calls.</summary>
    private static List<string> Used(HostTypes host, SyntaxNode function, SemanticModel model, CancellationToken cancellation)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in function.DescendantNodes())
        {
            if (node is not (InvocationExpressionSyntax or ObjectCreationExpressionSyntax or MemberAccessExpressionSyntax) || model.GetSymbolInfo(node, cancellation).Symbol is not { } member)
            {
                continue;
            }

            var writes = Writing.Any(verb => member.Name.StartsWith(verb, StringComparison.Ordinal));
            if (member.ContainingType.Is(host.HostFunctionFiles))
            {
                found.Add(writes ? "filesystem.write" : "filesystem.read");
            }
            else if (member is IPropertySymbol && member.ContainingType.Is(host.Capability) && Name(member.Name) is { } name && CapabilityDeclarationAnalyzer.Known.Contains(name))
            {
                found.Add(name);
            }
            else if (AmbientUse.KindOf(member) is not AmbientKind.None and var kind && kind != AmbientKind.Machine)
            {
                found.Add(kind == AmbientKind.Network ? "http.egress" : kind == AmbientKind.Environment ? "environment" : writes ? "filesystem.write" : "filesystem.read");
            }
        }

        return [.. found];
    }

    /// <summary>The name of a capability, by the property that holds it: <c>HttpEgress</c> is <c>http.egress</c>.</summary>
    private static string Name(string property) => string.Concat(property.Select((letter, at) => (char.IsUpper(letter) && at > 0 ? "." : "") + char.ToLowerInvariant(letter)));
}
