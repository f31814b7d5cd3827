using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Flow;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG004 and PHG005: what a guest chose is demanded before it is used, and what is used is what was demanded.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuestValueAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor NotDemanded = new(
        "PHG004", "Guest-controlled value reaches a sink without a demand", "'{0}' is what the skill chose, and is used here without a demand on every way here: {1}", RuleInfo.Capabilities, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A skill chooses what the host touches on its behalf; only a demand compares that with what was granted to it.", helpLinkUri: RuleInfo.Help + "PHG004.md");

    internal static readonly DiagnosticDescriptor Differs = new(
        "PHG005", "Resource demanded differs from resource used", "'{0}' is not what was demanded: use what Demand returned, unchanged", RuleInfo.Capabilities, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A demand says nothing about a value that was changed after it, or before.", helpLinkUri: RuleInfo.Help + "PHG005.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [NotDemanded, Differs];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        if (function.Graph is not { } graph)
        {
            return;
        }

        var entry = function.GuestParameters.Aggregate(FlowState.Empty, (state, parameter) => state.Set(parameter, FlowValue.Tainted));
        var demands = Demands.Among(function.Host, function.WithAsking).Any();
        foreach (var finding in FlowAnalysis.Of(function.Compilation, new GuestTextPolicy(function.Host), graph, entry))
        {
            // Where nothing at all is demanded PHG002 says so at the same place.
            var use = AmbientUse.In([finding.Sink]).FirstOrDefault();
            if (finding.Additional.IsEmpty && !demands && use.Kind != AmbientKind.None)
            {
                continue;
            }

            var advice = use.Kind switch
            {
                AmbientKind.None when IsPattern(finding.Sink) => "a pattern that a skill chooses can run for ever; choose it here, or escape it",
                AmbientKind.None => "pass it as a parameter of the query, not as part of its text",
                AmbientKind.Machine => "no capability stands for that, so it must not depend on what a skill says",
                AmbientKind.Files => "use HostFunctionCall.Files",
                _ => "use what HostFunctionCall.Demand returns",
            };
            report(finding.HasDemanded && (use.Kind is AmbientKind.Network or AmbientKind.Files or AmbientKind.Environment)
                ? Diagnostic.Create(Differs, finding.At.Syntax.GetLocation(), finding.Additional, finding.Value.Syntax.ToString())
                : Diagnostic.Create(NotDemanded, finding.At.Syntax.GetLocation(), finding.Additional, finding.Value.Syntax.ToString(), advice));
        }
    }

    private static bool IsPattern(IOperation sink) => sink is IInvocationOperation { TargetMethod.ContainingType.Name: "Regex" } or IObjectCreationOperation { Type.Name: "Regex" };
}
