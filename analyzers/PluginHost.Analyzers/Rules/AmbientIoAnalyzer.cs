using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG002: a host function touches the machine by what it was granted, not by itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AmbientIoAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG002", "Host function touches ambient I/O", "Host function {0} uses '{1}' with the rights of this process: {2}", RuleInfo.Capabilities, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "A skill reaches through it what was never granted to the skill, and no record tells of it.", helpLinkUri: RuleInfo.Help + "PHG002.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <summary>What to do instead.</summary>
    internal static string Advice(AmbientKind kind) => kind switch
    {
        AmbientKind.Files => "read and write the skill's files through HostFunctionCall.Files, and the application's own outside of the function",
        AmbientKind.Network => "demand the URL first, HostFunctionCall.Demand(Capability.HttpEgress, url), and use what that returns",
        AmbientKind.Environment => "demand the variable first, HostFunctionCall.Demand(Capability.Environment, name), or read it outside of the function",
        _ => "no capability stands for that, so no skill can be granted it; do it outside of the function",
    };

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        foreach (var use in AmbientUse.In(function.Operations))
        {
            if (!Demands.Cover(function.Host, function.WithAsking, use.Kind))
            {
                report(Diagnostic.Create(Rule, use.Operation.Syntax.GetLocation(), function.Name, Name(use.Member), Advice(use.Kind)));
            }
        }
    }

    internal static string Name(ISymbol member) => member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? "new " + member.ContainingType.Name : $"{member.ContainingType.Name}.{member.Name}";
}
