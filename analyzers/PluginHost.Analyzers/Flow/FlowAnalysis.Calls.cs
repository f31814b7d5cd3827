using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>Calls: demands, helpers, local functions, and what is passed to others as a function.</summary>
internal sealed partial class FlowAnalysis
{
    private static readonly ImmutableArray<string> Adds = ["Add", "Append", "Insert", "Push", "Enqueue", "TryAdd", "Replace", "Union", "CopyFrom", "Set"];

    private FlowState Invoke(IInvocationOperation invocation, FlowState state)
    {
        if (_policy.Demanded(invocation) is { } resource)
        {
            state = state.AfterDemand();
            var named = resource is IMemberReferenceOperation { Instance: { } wrapper } && wrapper.Type is { } type && IsWrapper(type) ? wrapper : resource;
            return Key(named) is { } demanded ? state.Set(demanded, new FlowValue(state[demanded].IsTainted, true)) : state;
        }

        if (_policy.Assured(invocation) is { } assured)
        {
            return Clear(assured, state);
        }

        if (invocation.TargetMethod.GetAttributes().Any(data => data.AttributeClass?.Name == "DoesNotReturnAttribute"))
        {
            _isStopped = true;
            return state;
        }

        if (Called(invocation, state) is var (graph, entry) && graph is not null)
        {
            var target = invocation.TargetMethod.OriginalDefinition;
            var isLocal = target.MethodKind == MethodKind.LocalFunction;
            if (Enter(graph, target, entry, returnsAreSinks: false, isLocal ? null : invocation) is not { } known)
            {
                return state;
            }

            if (known.Exit is not { } exit)
            {
                // What is awaited elsewhere, or asked for one by one, comes back at once.
                _isStopped = !target.IsAsync && !(target.ReturnType.Name is "IEnumerable" or "IEnumerator" or "IAsyncEnumerable" or "IAsyncEnumerator") && !_session.IsExhausted;
                return state;
            }

            var before = isLocal ? exit.HasDemanded ? exit : state.HasDemanded ? exit.AfterDemand() : exit : state;
            return AfterHelper(invocation, graph, exit, before, state, isLocal || IsOnThis(invocation));
        }

        state = Out(invocation.Arguments, invocation, state);
        state = Passed(invocation, state);

        // What is added to a text, a list or a table is in it.
        if (invocation.Instance is { } receiver && receiver.Type is { } filled && IsFilled(filled) && Adds.Any(verb => invocation.TargetMethod.Name.StartsWith(verb, StringComparison.Ordinal))
            && invocation.Arguments.Select(argument => Evaluate(argument.Value, state)).FirstOrDefault(value => value.IsTainted) is { IsTainted: true } added)
        {
            while (receiver is IInvocationOperation { Instance: { } chained })
            {
                receiver = chained;
            }

            state = Fill(receiver, added with { IsDemanded = false }, state);
        }

        return state;
    }

    private static bool IsFilled(ITypeSymbol type) =>
        type.Name.EndsWith("InterpolatedStringHandler", StringComparison.Ordinal)
        || (type.ContainingNamespace?.ToDisplayString() is { } space && (space == "System.Text" || space.StartsWith("System.Collections", StringComparison.Ordinal)) && !IsTable(type));

    /// <summary>Functions that are passed to a call which has something tainted get it, as far as anybody can tell.</summary>
    private FlowState Passed(IInvocationOperation invocation, FlowState state)
    {
        foreach (var argument in invocation.Arguments)
        {
            var isFed = (invocation.Instance is { } instance && Evaluate(instance, state).IsTainted) || invocation.Arguments.Any(other => other != argument && Evaluate(other.Value, state).IsTainted);
            switch (Unwrapped(argument.Value) is IDelegateCreationOperation creation ? creation.Target : argument.Value)
            {
                case IFlowAnonymousFunctionOperation lambda when isFed:
                    if (Enter(_graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, Fed(lambda.Symbol, state), _policy.IsReturnASink(lambda)) is { Exit: { } exit })
                    {
                        state = state.Merge(exit);
                    }

                    break;
                case IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } local } when FlowGraphs.OfLocalFunction(_graph, local.OriginalDefinition) is { } graph:
                    _ = Enter(graph, local.OriginalDefinition, isFed ? Fed(local.OriginalDefinition, state) : state, returnsAreSinks: false);
                    break;
                case IMethodReferenceOperation { Method: { MethodKind: MethodKind.Ordinary, DeclaringSyntaxReferences.IsEmpty: false } method } when isFed && Helpers() < MaxHelpers && !IsActive(method.OriginalDefinition)
                    && _session.GraphOf(invocation.SemanticModel, method.OriginalDefinition) is { } body:
                    _ = Enter(body, method.OriginalDefinition, Fed(method.OriginalDefinition, FlowState.Empty), returnsAreSinks: false, invocation);
                    break;
            }
        }

        return state;
    }

    private FlowState Fed(IMethodSymbol function, FlowState state) =>
        function.Parameters.Where(parameter => !_policy.IsHarmless(parameter.Type)).Aggregate(state, (now, parameter) => now.Set(parameter.OriginalDefinition, FlowValue.Tainted));

    /// <summary>Follows another body, or recalls what came of it.</summary>
    private (FlowState? Exit, FlowValue Returned)? Enter(ControlFlowGraph graph, IMethodSymbol symbol, FlowState entry, bool returnsAreSinks, IOperation? call = null)
    {
        if (IsActive(symbol) || Depth() >= MaxDepth)
        {
            Cut();
            return null;
        }

        if (!_reports && _session.Summary(symbol, entry) is { } known)
        {
            return known;
        }

        var inner = new FlowAnalysis(_session, graph, this, call, symbol, returnsAreSinks);
        inner.Run(entry, _reports);
        if (!inner._isCut)
        {
            _session.Remember(symbol, entry, inner._exit, inner._returned);
        }

        return (inner._exit, inner._returned);
    }

    /// <summary>What comes of a body that was not followed to its end holds here alone.</summary>
    private void Cut()
    {
        for (var analysis = this; analysis is not null; analysis = analysis._caller)
        {
            analysis._isCut = true;
        }
    }

    /// <summary>The body of a local function or helper that is worth following, and what is known where it begins.</summary>
    private (ControlFlowGraph? Graph, FlowState Entry) Called(IInvocationOperation invocation, FlowState state)
    {
        var target = invocation.TargetMethod.OriginalDefinition;
        if (target.MethodKind == MethodKind.LocalFunction)
        {
            return (FlowGraphs.OfLocalFunction(_graph, target), Parameters(invocation, state, state));
        }

        var method = target.ReducedFrom ?? target;
        if (method.DeclaringSyntaxReferences.IsEmpty || method.MethodKind != MethodKind.Ordinary || method.IsAbstract || (method.IsVirtual && !method.ContainingType.IsSealed)
            || !(invocation.Arguments.Any(argument => Evaluate(argument.Value, state).IsTainted) || invocation.Arguments.Any(argument => HasSource(argument.Value)) || (IsOnThis(invocation) && state.HasFields)))
        {
            return (null, state);
        }

        if (IsActive(method) || Helpers() >= MaxHelpers)
        {
            Cut();
            return (null, state);
        }

        return (_session.GraphOf(invocation.SemanticModel, method), Parameters(invocation, state, IsOnThis(invocation) ? state.FieldsOnly() : FlowState.Empty));
    }

    private bool HasSource(IOperation operation) => _policy.IsSource(operation);

    private static bool IsOnThis(IInvocationOperation invocation) => invocation.Instance is null or IInstanceReferenceOperation;

    private FlowState Parameters(IInvocationOperation invocation, FlowState state, FlowState entry) =>
        invocation.Arguments.Where(argument => argument.Parameter is not null).Aggregate(entry, (now, argument) => now.Set(argument.Parameter!.OriginalDefinition, Evaluate(argument.Value, state)));

    /// <summary>What a helper demanded, or made sure, of its parameters on every way out, it did of the arguments: unless it put something else into them.</summary>
    private static FlowState AfterHelper(IInvocationOperation invocation, ControlFlowGraph graph, FlowState exit, FlowState after, FlowState before, bool sharesFields)
    {
        after = exit.HasDemanded ? after.AfterDemand() : after;
        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter?.OriginalDefinition is not { } parameter || Key(argument.Value) is not { } key)
            {
                continue;
            }

            if (parameter.RefKind is RefKind.Out or RefKind.Ref)
            {
                after = after.Set(key, exit[parameter]);
            }
            else if (before[key].IsTainted && !IsNarrowed(argument.Value) && !IsAssigned(graph, parameter))
            {
                after = !exit[parameter].IsTainted && !exit[parameter].IsDemanded ? after.Set(key, FlowValue.Clean)
                    : exit[parameter].IsDemanded ? after.Set(key, new FlowValue(true, true))
                    : after;
            }
        }

        return sharesFields ? after.WithFieldsOf(exit) : after;
    }

    private static bool IsAssigned(ControlFlowGraph graph, IParameterSymbol parameter) => graph.Blocks.SelectMany(block => block.Operations).SelectMany(HostFunction.AndDescendants).OfType<IAssignmentOperation>()
        .Any(assignment => SymbolEqualityComparer.Default.Equals(Key(assignment.Target) as ISymbol, parameter));

    private FlowState Out(IEnumerable<IArgumentOperation> arguments, IOperation call, FlowState state)
    {
        var receiver = (call as IInvocationOperation)?.Instance;
        foreach (var argument in arguments.Where(argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref))
        {
            var target = Unwrapped(argument.Value);
            if (Key(target) is not { } key)
            {
                continue;
            }

            // A table gives what is in it, whatever it is asked for.
            var parts = IsTable(receiver?.Type) ? [Evaluate(receiver!, state)]
                : arguments.Where(other => other != argument).Select(other => Evaluate(other.Value, state)).Append(receiver is null ? FlowValue.Clean : Evaluate(receiver, state)).ToList();
            var tainted = parts.Where(part => part.IsTainted).ToList();
            var isHarmless = target.Type is { } type && _policy.IsHarmless(type);
            state = state.Set(key, tainted.Count == 0 || isHarmless ? FlowValue.Clean : new FlowValue(true, target.Type is { } made && IsWrapper(made) && tainted.TrueForAll(part => part.IsDemanded)));
        }

        return state;
    }

    private int Helpers() => (_call is null ? 0 : 1) + (_caller?.Helpers() ?? 0);

    private int Depth() => 1 + (_caller?.Depth() ?? 0);

    private bool IsActive(IMethodSymbol symbol) => SymbolEqualityComparer.Default.Equals(_method, symbol) || _caller?.IsActive(symbol) == true;
}
