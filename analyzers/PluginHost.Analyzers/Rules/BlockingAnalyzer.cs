using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG016: a host function awaits.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG016", "Host function blocks", "'{0}' blocks host function {1}, and nothing can interrupt it there: await instead, with the call's token", RuleInfo.Limits, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A guest is interrupted by its engine; a thread that waits in host code is not.", helpLinkUri: RuleInfo.Help + "PHG016.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        foreach (var operation in function.Operations)
        {
            var name = operation switch
            {
                IPropertyReferenceOperation { Property: { Name: "Result" } property, Instance: { } task } when property.ContainingType.IsTask() && !IsKnownDone(function, task) => "Result",
                IInvocationOperation { TargetMethod: { Name: "GetResult" } method, Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } } when method.ContainingType.Name.EndsWith("Awaiter", StringComparison.Ordinal) => IsKnownDone(function, Unconfigured(task)) ? null : "GetAwaiter().GetResult()",
                IInvocationOperation { TargetMethod: { Name: "GetResult", ContainingType: { } awaiter }, Instance: not null } when awaiter.Name.EndsWith("Awaiter", StringComparison.Ordinal) && awaiter.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == true => $"{awaiter.Name}.GetResult",
                IInvocationOperation { TargetMethod: { } method } invocation when IsWait(method, invocation) => $"{method.ContainingType.Name}.{method.Name}",
                _ => null,
            };
            if (name is not null)
            {
                report(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), name, function.Name));
            }
        }
    }

    private static bool IsWait(IMethodSymbol method, IInvocationOperation invocation) => method.ContainingType.FullName() switch
    {
        "System.Threading.Thread" => method.Name is "Sleep" or "Join" or "SpinWait",
        "System.Threading.Tasks.Task" => method.Name is "Wait" or "WaitAll" or "WaitAny",
        "System.Threading.SemaphoreSlim" or "System.Threading.ManualResetEventSlim" or "System.Threading.CountdownEvent" => method.Name == "Wait" && !IsAttempt(invocation),
        "System.Threading.Barrier" => method.Name == "SignalAndWait",
        "System.Threading.WaitHandle" => method.Name is "WaitOne" or "WaitAll" or "WaitAny" && !IsAttempt(invocation),
        "System.Threading.Monitor" => method.Name == "Wait",
        _ => false,
    };

    /// <summary>Whether it looks without waiting: a timeout of nothing.</summary>
    private static bool IsAttempt(IInvocationOperation invocation) => invocation.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 } || argument.Value is IFieldReferenceOperation { Field: { Name: "Zero" } });

    private static IOperation Unconfigured(IOperation task) => task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner } ? inner : task;

    /// <summary>Whether it is done by then: the function asks the same task, has awaited it before, alone or with others, or is what goes on after it.</summary>
    private static bool IsKnownDone(HostFunction function, IOperation task)
    {
        if (task is IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } })
        {
            return true;
        }

        var text = task.Syntax.ToString();
        return function.Operations.Any(operation => operation switch
        {
            IPropertyReferenceOperation { Property.Name: "IsCompletedSuccessfully" or "IsCompleted", Instance: { } asked } => asked.Syntax.ToString() == text,
            IAwaitOperation { Operation: { } awaited } when task is ILocalReferenceOperation or IParameterReferenceOperation => operation.Syntax.SpanStart < task.Syntax.SpanStart && (Unconfigured(awaited).Syntax.ToString() == text
                || (Unconfigured(awaited) is IInvocationOperation { TargetMethod.Name: "WhenAll" } all && HostFunction.Descendants(all).Any(each => each is ILocalReferenceOperation or IParameterReferenceOperation && each.Syntax.ToString() == text))),
            _ => false,
        });
    }
}
