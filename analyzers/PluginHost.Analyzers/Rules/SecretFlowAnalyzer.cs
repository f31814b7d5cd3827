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
                    foreach (var body in origins.Select(origin => Around(host, origin, end.OwningSymbol)).GroupBy(found => found.Symbol, SymbolEqualityComparer.Default).Select(group => group.First()))
                    {
                        Check(host, end, body.Body, body.Symbol, body.IsHostFunction);
                    }
                });
            });
        });
    }

    /// <summary>The whole body that an origin lies in: a registered lambda by itself, since what it returns goes to the guest.</summary>
    private static (IOperation Body, IMethodSymbol Symbol, bool IsHostFunction) Around(HostTypes host, IOperation origin, ISymbol owner)
    {
        for (var parent = origin.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && Registered(lambda, host))
            {
                return (lambda.Body, lambda.Symbol, true);
            }
        }

        return (origin, (owner as IMethodSymbol)!, owner is IMethodSymbol method && method.AndOverridden().Any(each => each.Has(host.HostFunction)));
    }

    private static bool Registered(IAnonymousFunctionOperation lambda, HostTypes host)
    {
        for (IOperation? parent = lambda.Parent; parent is IConversionOperation or IDelegateCreationOperation or IArgumentOperation or IParenthesizedOperation; parent = parent.Parent)
        {
            if (parent.Parent is IInvocationOperation invocation && Registration.Of(host, invocation) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static void Check(HostTypes host, OperationBlockAnalysisContext context, IOperation body, IMethodSymbol? symbol, bool isHostFunction)
    {
        if (symbol is null || FlowGraphs.Of(body, symbol) is not { } graph)
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
