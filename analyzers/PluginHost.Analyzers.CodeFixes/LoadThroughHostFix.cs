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

/// <summary>PHG009: loads a file through the host that is there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class LoadThroughHostFix : RuleFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds => ["PHG009"];

    private protected override (string Title, Change? Change) Find(SyntaxNode node, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        // var module = WasmModule.Decode(File.ReadAllBytes(path)), and nothing that is done with the module yet.
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } decode || HostTypes.In(model.Compilation) is not { } host
            || model.GetSymbolInfo(decode, cancellation).Symbol is not IMethodSymbol { Name: "Decode", ContainingType.Name: "WasmModule" }
            || decode.ArgumentList.Arguments is not [{ Expression: InvocationExpressionSyntax { ArgumentList.Arguments: [var path] } read }]
            || model.GetSymbolInfo(read, cancellation).Symbol is not IMethodSymbol { Name: "ReadAllBytes", ContainingType.Name: "File" }
            || decode.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type.IsVar: true } } variable }
            || model.GetDeclaredSymbol(variable, cancellation) is not { } local || IsUsed(variable, local, model, cancellation))
        {
            return None;
        }

        var name = model.LookupSymbols(decode.SpanStart).FirstOrDefault(symbol => Type(symbol).Is(host.SkillHost) && (symbol is not ILocalSymbol declared || declared.Locations[0].SourceSpan.End < decode.SpanStart))?.Name;
        var function = FunctionAround(decode);
        if (name is null || !(IsAsync(function) || (function is null && decode.FirstAncestorOrSelf<GlobalStatementSyntax>() is not null)))
        {
            return None;
        }

        return ("Load it through the gate", root => root.ReplaceNode(decode, Clean(SyntaxFactory.ParseExpression($"await {name}.LoadSkillAsync({path.Expression})")).WithTriviaFrom(decode)));
    }

    private static ITypeSymbol? Type(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private static bool IsUsed(SyntaxNode declaration, ISymbol local, SemanticModel model, CancellationToken cancellation) =>
        (FunctionAround(declaration) ?? declaration.SyntaxTree.GetRoot(cancellation)).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(name => name.Identifier.Text == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, local));
}
