using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;
using System.Linq;

namespace PluginHost.Analyzers.Rules;

/// <summary>A rule about the bodies of host functions: methods with the attribute, and what is registered as delegates.</summary>
public abstract class HostFunctionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is not { } host)
            {
                return;
            }

            start.RegisterOperationBlockAction(block =>
            {
                if (block.OwningSymbol is IMethodSymbol method && method.AndOverridden().Any(each => each.Has(host.HostFunction)) && block.OperationBlocks.FirstOrDefault(IsBody) is { } body)
                {
                    Check(new HostFunction(host, block.Compilation, method, body), block.ReportDiagnostic);
                }
            });
            start.RegisterOperationAction(operation => CheckRegistration(host, operation), OperationKind.Invocation);

            // AddFrom finds local functions, too: to the runtime they are methods of the type.
            start.RegisterOperationAction(
                operation =>
                {
                    var function = (ILocalFunctionOperation)operation.Operation;
                    if (function.Body is { } body && function.Symbol.Has(host.HostFunction))
                    {
                        Check(new HostFunction(host, operation.Compilation, function.Symbol, body), operation.ReportDiagnostic);
                    }
                },
                OperationKind.LocalFunction);
        });
    }

    /// <summary>Looks at one host function.</summary>
    private protected abstract void Check(HostFunction function, Action<Diagnostic> report);

    private void CheckRegistration(HostTypes host, OperationAnalysisContext context)
    {
        if (Registration.Of(host, (IInvocationOperation)context.Operation) is not { } registration)
        {
            return;
        }

        foreach (var target in registration.Targets())
        {
            if (target is IAnonymousFunctionOperation lambda)
            {
                Check(new HostFunction(host, context.Compilation, lambda.Symbol, lambda.Body), context.ReportDiagnostic);
            }
            else if (target is IMethodReferenceOperation { Method: var method } && !method.AndOverridden().Any(each => each.Has(host.HostFunction))
                && Bodies.Of(context.Compilation, context.Operation.SemanticModel, method) is { } body)
            {
                Check(new HostFunction(host, context.Compilation, method, body), context.ReportDiagnostic);
            }
        }
    }

    private static bool IsBody(IOperation operation) => operation is IBlockOperation;
}
