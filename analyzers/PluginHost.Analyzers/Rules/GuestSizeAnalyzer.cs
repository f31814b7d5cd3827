using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Flow;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG019: a number that a guest chose is compared with a bound before something grows with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GuestSizeAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG019", "Guest-controlled size is unbounded", "'{0}' is what the skill chose, and nothing bounds it: {1}", RuleInfo.Limits, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Memory and time that a host function takes are the host's, not the skill's: its quotas do not count there.", helpLinkUri: RuleInfo.Help + "PHG019.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        if (function.Graph is not { } graph)
        {
            return;
        }

        var entry = function.GuestParameters.Aggregate(FlowState.Empty, (state, parameter) => state.Set(parameter, FlowValue.Tainted));
        foreach (var finding in FlowAnalysis.Of(function.Compilation, new GuestNumberPolicy(), graph, entry))
        {
            var isInput = finding.Sink is IInvocationOperation { TargetMethod.ContainingType.Name: "Regex" };
            report(Diagnostic.Create(
                Rule, finding.At.Syntax.GetLocation(), finding.Additional, finding.Value.Syntax.ToString(),
                isInput ? "pass a matchTimeout, or RegexOptions.NonBacktracking" : "compare it with a bound first, ArgumentOutOfRangeException.ThrowIfGreaterThan"));
        }
    }
}
