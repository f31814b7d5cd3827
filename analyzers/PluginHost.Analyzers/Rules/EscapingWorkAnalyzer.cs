using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG013: what a host function begins ends before it does.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EscapingWorkAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG013", "Work outlives the audit scope", "{0} goes on when host function {1} has returned, past its limits and its record: {2}", RuleInfo.Audit, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The record of a call ends with the function; what goes on after that, nobody stops and nobody sees.", helpLinkUri: RuleInfo.Help + "PHG013.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        if (function.Symbol is { IsAsync: true, ReturnsVoid: true })
        {
            Tell(function.Symbol.Locations.FirstOrDefault() ?? function.Body.Syntax.GetLocation(), "What comes after its first await", "return a ValueTask instead of void");
        }

        foreach (var operation in function.Operations)
        {
            switch (operation)
            {
                case IExpressionStatementOperation { Operation: { } statement } when Dropped(statement) is { } task:
                    Tell(task.Syntax.GetLocation(), "This task", "await it");
                    break;
                case IInvocationOperation { TargetMethod: { ContainingType.Name: "ThreadPool", Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" or "RegisterWaitForSingleObject" } }:
                    Tell(operation.Syntax.GetLocation(), "This work item", "do it here, or await Task.Run");
                    break;
                case IObjectCreationOperation { Type: { } type } when type.FullName() is "System.Threading.Thread" or "System.Threading.Timer" or "System.Timers.Timer":
                    Tell(operation.Syntax.GetLocation(), $"This {type.Name.ToLowerInvariant()}", "do it here, or await Task.Delay or Task.Run");
                    break;
                case IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } }:
                    Tell(operation.Syntax.GetLocation(), "What comes after the first await of this function", "pass a function that returns a task, and await it");
                    break;
                case ILocalFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } local }:
                    Tell(local.Locations[0], "What comes after its first await", "return a ValueTask instead of void");
                    break;
                case IInvocationOperation { Instance: IFieldReferenceOperation or IPropertyReferenceOperation { Instance: not ILocalReferenceOperation } } kept when IsContainer(kept) && kept.Arguments.FirstOrDefault(argument => IsToBeKept(function, argument.Value)) is { } argument:
                    Tell(argument.Syntax.GetLocation(), "What is stored here", "store what it says, not the call, a task or a function that holds it");
                    break;
                case ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation or IEventReferenceOperation } assignment when IsKept(function, assignment):
                    Tell(assignment.Syntax.GetLocation(), "What is stored here", "store what it says, not the call, a task or a function that holds it");
                    break;
                case ICoalesceAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation } kept when IsToBeKept(function, kept.Value):
                    Tell(kept.Syntax.GetLocation(), "What is stored here", "store what it says, not the call, a task or a function that holds it");
                    break;
                case IEventAssignmentOperation { Adds: true } subscription when Captures(function, subscription.HandlerValue):
                    Tell(subscription.Syntax.GetLocation(), "This handler", "do not keep the call in it");
                    break;
                case IVariableDeclaratorOperation { Symbol: { } local } declarator when declarator.GetVariableInitializer()?.Value is { } value && Starts(value) && !IsUsed(function, local):
                    Tell(value.Syntax.GetLocation(), "This task", "await it");
                    break;
            }
        }

        void Tell(Location location, string what, string advice) => report(Diagnostic.Create(Rule, location, what, function.Name, advice));
    }

    /// <summary>A task that an expression statement drops, discards included.</summary>
    private static IOperation? Dropped(IOperation statement)
    {
        var value = statement is ISimpleAssignmentOperation { Target: IDiscardOperation } discard ? discard.Value : statement;
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        if (value is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Start", Instance: { } configured } && configured.Type.IsTask())
        {
            return value;
        }

        return value is not (IAwaitOperation or IAssignmentOperation) && value.Type.IsTask() && !IsCompleted(value) ? value
            : value is IConditionalAccessOperation { WhenNotNull: var access } && access.Type.IsTask() ? value
            : null;
    }

    private static bool IsCompleted(IOperation value) => value is IPropertyReferenceOperation { Property.Name: "CompletedTask" };

    private static bool Starts(IOperation value) => value.Type.IsTask() && value is IInvocationOperation { TargetMethod.Name: not ("FromResult" or "FromException" or "FromCanceled") };

    private static bool IsUsed(HostFunction function, ILocalSymbol local) => function.Operations.OfType<ILocalReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local));

    /// <summary>Whether the call, a running task or a function that holds the call is stored where it outlives the function.</summary>
    private static bool IsKept(HostFunction function, ISimpleAssignmentOperation assignment)
    {
        // Of an object that is made here only what is made here knows.
        if (assignment.Target is IMemberReferenceOperation { Instance: { } instance } && instance is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } && instance is not (IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation))
        {
            return false;
        }

        return IsToBeKept(function, assignment.Value);
    }

    private static bool IsToBeKept(HostFunction function, IOperation value) => IsCall(function, value) || Starts(value) || Captures(function, value);

    private static bool IsContainer(IInvocationOperation invocation) =>
        invocation.TargetMethod is { Name: "Add" or "TryAdd" or "Enqueue" or "Push" or "Insert" or "TryWrite" or "WriteAsync" or "AddLast" or "AddFirst" or "AddOrUpdate", ContainingNamespace: { } space }
        && space.ToDisplayString() is var name && (name.StartsWith("System.Collections", StringComparison.Ordinal) || name == "System.Threading.Channels");

    private static bool IsCall(HostFunction function, IOperation value) => value.Type.Is(function.Host.HostFunctionCall) || value.Type.Is(function.Host.HostFunctionFiles) || (value is IConversionOperation conversion && IsCall(function, conversion.Operand));

    private static bool Captures(HostFunction function, IOperation value) => HostFunction.AndDescendants(value).OfType<IAnonymousFunctionOperation>().Any(lambda =>
        HostFunction.Descendants(lambda).OfType<IParameterReferenceOperation>().Any(reference => reference.Type.Is(function.Host.HostFunctionCall) && SymbolEqualityComparer.Default.Equals(reference.Parameter.ContainingSymbol, function.Symbol)));
}
