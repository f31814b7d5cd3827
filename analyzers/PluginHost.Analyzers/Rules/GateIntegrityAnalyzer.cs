using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG020: the rules see what they need to see, and whoever switches one off says why.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GateIntegrityAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG020", "The gate cannot be analyzed", "{0}", RuleInfo.Gate, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "What the rules are about has to be what the host is.", helpLinkUri: RuleInfo.Help + "PHG020.md", customTags: WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly DiagnosticDescriptor Suppressed = new(
        "PHG020", "The gate cannot be analyzed", "{0}", RuleInfo.Gate, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "What the rules are about has to be what the host is.", helpLinkUri: RuleInfo.Help + "PHG020.md");

    /// <summary>Types by which the rules know the gate.</summary>
    private static readonly ImmutableArray<string> GateTypes =
    [
        "PluginHost.HostFunctionAttribute", "PluginHost.RequiresCapabilityAttribute", "PluginHost.NoCapabilityAttribute", "PluginHost.HostFunctions", "PluginHost.HostFunctionCall", "PluginHost.SkillHost",
        "PluginHost.SkillHostOptions", "PluginHost.CapabilityDeniedException", "PluginHost.SecretValue", "PluginHost.SecretAttribute", "PluginHost.DirectEngineUseAttribute", "PluginHost.Capabilities.Capability",
    ];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule, Suppressed];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is not { } host)
            {
                return;
            }

            start.RegisterSyntaxNodeAction(CheckAttribute, SyntaxKind.Attribute);
            start.RegisterSyntaxTreeAction(CheckPragmas);
            start.RegisterCompilationEndAction(end => CheckReferences(host, end));
        });
    }

    private static void CheckReferences(HostTypes host, CompilationAnalysisContext context)
    {
        foreach (var name in GateTypes)
        {
            foreach (var other in context.Compilation.GetTypesByMetadataName(name).Where(type => !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, host.Assembly)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule, other.Locations.FirstOrDefault(location => location.IsInSource) ?? Location.None,
                    $"'{other.ContainingAssembly.Name}' defines '{name}', too: what is written against it is not the gate's, and the runtime does not see it; remove it"));
            }
        }

        var ours = typeof(GateIntegrityAnalyzer).Assembly.GetName().Version;
        if (!host.IsHostItself && host.Assembly.Identity.Version != ours)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, Location.None, $"The analyzers are of version {ours} and PluginHost is of {host.Assembly.Identity.Version}: reference the package, which brings those that belong to it"));
        }
    }

    /// <summary>A suppression says why.</summary>
    private static void CheckAttribute(SyntaxNodeAnalysisContext context)
    {
        var attribute = (AttributeSyntax)context.Node;
        if (attribute.Name.ToString().Split('.').Last() is "DirectEngineUse" or "DirectEngineUseAttribute" && attribute.ArgumentList?.Arguments is [var why]
            && context.SemanticModel.GetConstantValue(why.Expression, context.CancellationToken).Value is string reasonGiven && CapabilityDeclarationAnalyzer.IsNoReason(reasonGiven))
        {
            context.ReportDiagnostic(Diagnostic.Create(Suppressed, attribute.GetLocation(), "PHG009 and PHG017 are switched off for the project and nobody says why: give a reason"));
            return;
        }

        if (attribute.Name.ToString().Split('.').Last() is not ("SuppressMessage" or "SuppressMessageAttribute" or "UnconditionalSuppressMessage") || attribute.ArgumentList is not { Arguments: [_, var check, ..] arguments }
            || context.SemanticModel.GetConstantValue(check.Expression, context.CancellationToken).Value is not string id || !id.StartsWith("PHG", StringComparison.Ordinal))
        {
            return;
        }

        var reason = arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.Text == "Justification");
        if (reason is null || string.IsNullOrWhiteSpace(context.SemanticModel.GetConstantValue(reason.Expression, context.CancellationToken).Value as string) || reason.Expression.ToString().Contains("<Pending>"))
        {
            context.ReportDiagnostic(Diagnostic.Create(Suppressed, attribute.GetLocation(), $"{id.Split(':')[0]} is suppressed and nobody says why: give a Justification"));
        }
    }

    private static void CheckPragmas(SyntaxTreeAnalysisContext context)
    {
        foreach (var pragma in Directives(context.Tree.GetRoot(context.CancellationToken)).OfType<PragmaWarningDirectiveTriviaSyntax>().Where(directive => directive.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)))
        {
            var rules = pragma.ErrorCodes.Count == 0 && !IsGenerated(context.Tree) ? ["PHG"] : pragma.ErrorCodes.Select(code => code.ToString()).Where(code => code.StartsWith("PHG", StringComparison.Ordinal)).ToList();
            if (rules.Count > 0 && !pragma.EndOfDirectiveToken.LeadingTrivia.Concat(pragma.DescendantTrivia()).Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) && trivia.ToString().Trim('/', ' ').Length > 0))
            {
                context.ReportDiagnostic(Diagnostic.Create(Suppressed, pragma.GetLocation(), rules[0] == "PHG" ? "Every rule is switched off here, those of PluginHost, too, and nobody says why: name those that are meant, or write the reason behind it" : $"{string.Join(" and ", rules)} is switched off and nobody says why: write the reason behind it, '#pragma warning disable {rules[0]} // why'"));
            }
        }
    }

    /// <summary>Generators switch everything off in what they write.</summary>
    private static bool IsGenerated(SyntaxTree tree) => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) || tree.FilePath.EndsWith(".Designer.cs", StringComparison.OrdinalIgnoreCase)
        || tree.GetRoot().GetLeadingTrivia().Any(trivia => trivia.ToString().Contains("<auto-generated"));

    private static IEnumerable<DirectiveTriviaSyntax> Directives(SyntaxNode root)
    {
        for (var directive = root.ContainsDirectives ? root.GetFirstDirective() : null; directive is not null; directive = directive.GetNextDirective())
        {
            yield return directive;
        }
    }
}
