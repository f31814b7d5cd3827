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
                IInvocationOperation { TargetMethod: { Name: "GetResult" } method, Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } } when method.ContainingType.Name.EndsWith("Awaiter", StringComparison.Ordinal) && !IsKnownDone(function, Unconfigured(task)) => "GetAwaiter().GetResult()",
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

    /// <summary>Whether the function asks the same task whether it is done.</summary>
    private static bool IsKnownDone(HostFunction function, IOperation task) => function.Operations.OfType<IPropertyReferenceOperation>().Any(property =>
        property.Property.Name is "IsCompletedSuccessfully" or "IsCompleted" && property.Instance?.Syntax.ToString() == task.Syntax.ToString());
}
