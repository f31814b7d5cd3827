using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Flow;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG014: secrets reach no log, no exception and no guest.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SecretFlowAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG014", "Secret flows into a log, an exception or a guest result", "'{0}' holds a secret and goes into {1}: use SecretValue.Redacted there", RuleInfo.Audit, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Logs, traces, messages of exceptions and results of skills are read by those who must not know it.", helpLinkUri: RuleInfo.Help + "PHG014.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

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

            // Values are followed in the few bodies only that have to do with a secret.
            start.RegisterOperationBlockStartAction(block =>
            {
                var origins = new ConcurrentBag<IOperation>();
                block.RegisterOperationAction(
                    operation =>
                    {
                        if (SecretPolicy.Origin(host, operation.Operation))
                        {
                            origins.Add(operation.Operation);
                        }
                    },
                    OperationKind.Invocation, OperationKind.PropertyReference, OperationKind.FieldReference, OperationKind.ParameterReference);
                block.RegisterOperationBlockEndAction(end =>
                {
                    if (origins.TryPeek(out var origin) && end.OwningSymbol is IMethodSymbol method)
                    {
                        Check(host, end, origin, method, method.AndOverridden().Any(each => each.Has(host.HostFunction)));
                    }
                });
            });
        });
    }

    private static void Check(HostTypes host, OperationBlockAnalysisContext context, IOperation body, IMethodSymbol symbol, bool isHostFunction)
    {
        if (FlowGraphs.Of(body, symbol) is not { } graph)
        {
            return;
        }

        foreach (var finding in FlowAnalysis.Of(context.Compilation, new SecretPolicy(host, isHostFunction), graph, FlowState.Empty))
        {
            var where = finding.Sink switch
            {
                IObjectCreationOperation { Type: { } type } => $"the message of {type.Name}",
                IInvocationOperation invocation => $"{invocation.TargetMethod.ContainingType.Name}.{invocation.TargetMethod.Name}",
                _ => "what the guest gets",
            };
            context.ReportDiagnostic(Diagnostic.Create(Rule, finding.At.Syntax.GetLocation(), finding.Additional, finding.Value.Syntax.ToString(), where));
        }
    }
}
