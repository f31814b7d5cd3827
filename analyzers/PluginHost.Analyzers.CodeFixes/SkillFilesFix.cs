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

/// <summary>PHG002: reads and writes through the files of the skill.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SkillFilesFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG002"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } invocation || HostTypes.In(model.Compilation) is not { } host
            || model.GetSymbolInfo(invocation, cancellation).Symbol is not IMethodSymbol { ContainingType: { Name: "File" } } method
            || method.Name.Replace("Async", "") is not ("ReadAllText" or "ReadAllBytes" or "WriteAllText" or "WriteAllBytes") || FunctionAround(invocation) is not { } function)
        {
            return None;
        }

        var name = method.Name.Replace("Async", "");
        var count = name.StartsWith("Read", System.StringComparison.Ordinal) ? 1 : 2;
        SyntaxNode replaced = invocation;
        if (name != method.Name)
        {
            if (invocation.Parent is not AwaitExpressionSyntax await)
            {
                return None;
            }

            replaced = await;
        }

        // An encoding, or bytes that are no array, would be lost.
        if (invocation.ArgumentList.Arguments.Count < count || invocation.ArgumentList.Arguments.Any(argument => argument.NameColon is not null) || invocation.ArgumentList.Arguments.Skip(count).Any(argument => model.GetTypeInfo(argument.Expression, cancellation).Type?.Name != "CancellationToken")
            || (name == "WriteAllBytes" && model.GetTypeInfo(invocation.ArgumentList.Arguments[1].Expression, cancellation).Type is not IArrayTypeSymbol)
            || (name == "WriteAllText" && model.GetTypeInfo(invocation.ArgumentList.Arguments[1].Expression, cancellation).Type?.SpecialType != SpecialType.System_String))
        {
            return None;
        }

        var call = model.LookupSymbols(invocation.SpanStart).OfType<IParameterSymbol>().FirstOrDefault(parameter => parameter.Type.Is(host.HostFunctionCall))?.Name;
        var parameters = call is null && IsFree(function, model, cancellation) ? Parameters(function) : null;
        if (call is null && parameters is null)
        {
            return None;
        }

        var given = call ?? Unused(model, invocation.SpanStart, "call");
        return ("Use the skill's own files", root =>
        {
            var use = Clean(SyntaxFactory.InvocationExpression(
                SyntaxFactory.ParseExpression($"{given}.Files.{name}"),
                SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(invocation.ArgumentList.Arguments.Take(count)))).WithTriviaFrom(replaced));
            return parameters is null
                ? root.ReplaceNode(replaced, use)
                : root.ReplaceNodes([replaced, parameters], (before, after) => before == replaced ? use : Clean(((ParameterListSyntax)after).AddParameters(Parameter("global::PluginHost.HostFunctionCall", given))));
        });
    }
}
