using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>
/// Follows values through one body: to a fixed point over its control flow graph, into lambdas and local functions, and into helpers
/// of the same compilation, two calls deep. An exception may come from anywhere in a <c>try</c>: its handler knows no more than what held at each place there.
/// </summary>
internal sealed partial class FlowAnalysis
{
    private const int MaxHelpers = 2;
    private const int MaxDepth = 8;

    private readonly FlowSession _session;
    private readonly FlowPolicy _policy;
    private readonly ControlFlowGraph _graph;
    private readonly FlowAnalysis? _caller;
    private readonly IOperation? _call;
    private readonly IMethodSymbol? _method;
    private readonly bool _returnsAreSinks;
    private readonly Dictionary<int, FlowState> _before = [];
    private readonly Dictionary<CaptureId, IOperation> _captured = [];
    private readonly Dictionary<IOperation, (FlowState State, FlowValue Value)> _values = [];

    /// <summary>What holds where the body ends; null where it never does.</summary>
    private FlowState? _exit;
    private FlowValue _returned;
    private bool _hasReturned;
    private bool _reports;

    /// <summary>Whether something that it calls was not followed.</summary>
    private bool _isCut;

    /// <summary>Whether what was just visited never comes back.</summary>
    private bool _isStopped;

    private FlowAnalysis(FlowSession session, ControlFlowGraph graph, FlowAnalysis? caller, IOperation? call, IMethodSymbol? method, bool returnsAreSinks)
    {
        (_session, _policy, _graph, _caller, _call, _method, _returnsAreSinks) = (session, session.Policy, graph, caller, call, method, returnsAreSinks);
        foreach (var capture in graph.Blocks.SelectMany(block => block.Operations).OfType<IFlowCaptureOperation>())
        {
            _captured[capture.Id] = capture.Value;
        }
    }

    /// <summary>Follows values through a body.</summary>
    public static IReadOnlyList<FlowFinding> Of(Compilation compilation, FlowPolicy policy, ControlFlowGraph graph, FlowState entry)
    {
        var session = new FlowSession(compilation, policy);
        new FlowAnalysis(session, graph, caller: null, call: null, method: null, policy.ReturnsAreSinks).Run(entry, reports: true);
        return session.Findings;
    }

    private void Run(FlowState entry, bool reports)
    {
        _before[0] = entry;
        var queue = new SortedSet<int> { 0 };
        while (queue.Count > 0 && _session.Spend())
        {
            var ordinal = queue.Min;
            queue.Remove(ordinal);
            foreach (var (next, state) in Step(_graph.Blocks[ordinal]))
            {
                var merged = _before.TryGetValue(next, out var known) ? known.Merge(state) : state;
                if (!merged.Equals(known))
                {
                    _before[next] = merged;
                    queue.Add(next);
                }
            }
        }

        _exit = _before.TryGetValue(_graph.Blocks.Length - 1, out var end) ? end : null;
        (_returned, _hasReturned, _reports) = (FlowValue.Clean, false, reports);
        foreach (var block in _graph.Blocks.Where(block => _before.ContainsKey(block.Ordinal) && _session.Spend()))
        {
            _ = Step(block).Count;
        }
    }

    /// <summary>What a block leaves to those after it.</summary>
    private List<(int Next, FlowState State)> Step(BasicBlock block)
    {
        var next = new List<(int, FlowState)>();
        var handlers = Handlers(block).ToList();
        var state = _before[block.Ordinal];
        Thrown();
        _isStopped = false;
        foreach (var operation in block.BranchValue is { } last ? block.Operations.Append(last) : block.Operations)
        {
            state = Visit(operation, state);
            Thrown();
            if (_isStopped)
            {
                return next;
            }
        }

        if (block.ConditionalSuccessor is { } conditional && block.BranchValue is { } condition)
        {
            var jumpsWhen = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
            Go(conditional, Assure(condition, jumpsWhen, state));
            Go(block.FallThroughSuccessor, Assure(condition, !jumpsWhen, state));
        }
        else
        {
            if (block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Return && block.BranchValue is { } returned)
            {
                Return(returned, state);
            }

            Go(block.FallThroughSuccessor, state);
        }

        return next;

        void Thrown() => next.AddRange(handlers.Select(handler => (handler, state)));

        void Go(ControlFlowBranch? branch, FlowState after)
        {
            if (branch is null)
            {
                return;
            }

            foreach (var region in branch.FinallyRegions)
            {
                next.Add((region.FirstBlockOrdinal, after));
                after = Through(region, after);
            }

            if (branch.Destination is { } destination)
            {
                next.Add((destination.Ordinal, after));
            }
        }
    }

    private void Return(IOperation returned, FlowState state)
    {
        var result = Evaluate(returned, state);
        _returned = _hasReturned
            ? new FlowValue(_returned.IsTainted || result.IsTainted, (_returned.IsDemanded || !_returned.IsTainted) && (result.IsDemanded || !result.IsTainted))
            : result;
        _hasReturned = true;
        if (_returnsAreSinks)
        {
            Report(returned, returned, state);
        }
    }

    /// <summary>What a <c>finally</c> on the way does, its branches aside.</summary>
    private FlowState Through(ControlFlowRegion region, FlowState state)
    {
        var reports = _reports;
        _reports = false;
        for (var ordinal = region.FirstBlockOrdinal; ordinal <= region.LastBlockOrdinal; ordinal++)
        {
            state = _graph.Blocks[ordinal].Operations.Aggregate(state, (now, operation) => Visit(operation, now));
        }

        _reports = reports;
        return state;
    }

    /// <summary>Where an exception that is thrown in a block may be caught.</summary>
    private static IEnumerable<int> Handlers(BasicBlock block)
    {
        // The regions around a lambda belong to another graph.
        for (var region = block.EnclosingRegion; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            if (region.Kind == ControlFlowRegionKind.Try && region.EnclosingRegion is { } around)
            {
                foreach (var handler in around.NestedRegions.Where(nested => nested.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler or ControlFlowRegionKind.Finally))
                {
                    yield return handler.FirstBlockOrdinal;
                }
            }
        }
    }

    private FlowState Assure(IOperation condition, bool outcome, FlowState state)
    {
        while (condition is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
        {
            (condition, outcome) = (not.Operand, !outcome);
        }

        return _policy.AssuredBy(condition, outcome, operation => Evaluate(operation, state).IsTainted) is { } assured ? Clear(assured, state) : state;
    }

    /// <summary>Holds something for harmless: of a value that was put aside, the variable that it came from, too.</summary>
    private FlowState Clear(IOperation operation, FlowState state)
    {
        state = !IsNarrowed(operation) && Key(operation) is { } key ? state.Set(key, FlowValue.Clean) : state;
        return Unwrapped(operation) is IFlowCaptureReferenceOperation capture && _captured.TryGetValue(capture.Id, out var origin) && Key(origin) is not null ? Clear(origin, state) : state;
    }

    /// <summary>What an operation does to the state, whatever it is made of first.</summary>
    private FlowState Visit(IOperation operation, FlowState state)
    {
        if (operation is INameOfOperation)
        {
            return state;
        }

        foreach (var child in operation.ChildOperations)
        {
            state = Visit(child, state);
        }

        foreach (var sink in _policy.Sinks(operation))
        {
            Report(sink, operation, state);
        }

        switch (operation)
        {
            case IFlowCaptureOperation capture:
                return state.Set(capture.Id, Evaluate(capture.Value, state));
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Evaluate(assignment.Value, state), state);
            case ICompoundAssignmentOperation compound:
                return Assign(compound.Target, Evaluate(Target(compound.Target), state).With(Evaluate(compound.Value, state)), state);
            case IDeconstructionAssignmentOperation deconstruction:
                return Deconstruct(deconstruction.Target, deconstruction.Value, state);
            case IReturnOperation { Kind: OperationKind.YieldReturn, ReturnedValue: { } yielded }:
                Return(yielded, state);
                return state;
            case IIsPatternOperation test:
                return Declare(test, state);
            case IInvocationOperation invocation:
                return Invoke(invocation, state);
            case IObjectCreationOperation creation:
                return Out(creation.Arguments, creation, state);
            case IFlowAnonymousFunctionOperation lambda:
                return Enter(_graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, state, _policy.IsReturnASink(lambda)) is { Exit: { } exit } ? state.Merge(exit) : state;
            default:
                return state;
        }
    }

    /// <summary>What a variable stands for that a value was put aside of, to be assigned to.</summary>
    private IOperation Target(IOperation target) => target is IFlowCaptureReferenceOperation capture && _captured.TryGetValue(capture.Id, out var origin) ? origin : target;

    private FlowState Assign(IOperation target, FlowValue value, FlowState state)
    {
        target = Target(target);
        if (target.Type is { } type && _policy.IsHarmless(type))
        {
            value = FlowValue.Clean;
        }

        if (Key(target) is { } key && (key is not MemberKey || state[key].IsTainted || !value.IsTainted))
        {
            return state.Set(key, value);
        }

        // What is put into an object, or into an array, is in it from then on; what was in it stays.
        return value.IsTainted && Owner(target) is { } owner ? Fill(owner, value, state) : state;
    }

    private static FlowState Fill(IOperation owner, FlowValue value, FlowState state) =>
        Key(owner) is { } held ? state.Set(held, new FlowValue(true, value.IsDemanded && (state[held].IsDemanded || !state[held].IsTainted))) : state;

    private static IOperation? Owner(IOperation target) => target switch
    {
        IPropertyReferenceOperation { Property.Name: "Content" or "Body" } => null,
        IMemberReferenceOperation member => member.Instance,
        IArrayElementReferenceOperation element => element.ArrayReference,
        _ => null,
    };

    private FlowState Deconstruct(IOperation target, IOperation value, FlowState state)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        var source = Unwrapped(value);
        if (target is ITupleOperation targets && source is ITupleOperation sources && targets.Elements.Length == sources.Elements.Length)
        {
            return targets.Elements.Zip(sources.Elements, (one, other) => (one, other)).Aggregate(state, (now, pair) => Deconstruct(pair.one, pair.other, now));
        }

        var known = Evaluate(value, state);
        return HostFunction.AndDescendants(target).Aggregate(state, (now, each) => Key(Target(each)) is { } key and not MemberKey ? now.Set(key, each.Type is { } type && _policy.IsHarmless(type) ? FlowValue.Clean : known) : now);
    }

    /// <summary>Variables that a pattern declares hold the value, or a part of it.</summary>
    private FlowState Declare(IIsPatternOperation test, FlowState state)
    {
        var value = Evaluate(test.Value, state);
        foreach (var pattern in HostFunction.AndDescendants(test.Pattern))
        {
            var declared = pattern switch
            {
                IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
                IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
                IListPatternOperation list => list.DeclaredSymbol,
                _ => null,
            };
            if (declared is not null)
            {
                var isHarmless = declared is ILocalSymbol local && _policy.IsHarmless(local.Type);
                state = state.Set(declared, isHarmless ? FlowValue.Clean : new FlowValue(value.IsTainted, value.IsDemanded && pattern == test.Pattern));
            }
        }

        return state;
    }

    private void Report(IOperation value, IOperation sink, FlowState state)
    {
        if (_reports && Evaluate(value, state) is { IsTainted: true, IsDemanded: false })
        {
            var at = OutermostCall() ?? value;
            if (!_session.Findings.Exists(finding => finding.At.Syntax == at.Syntax && finding.Value.Syntax == value.Syntax))
            {
                _session.Findings.Add(new FlowFinding(value, sink, at, state.HasDemanded));
            }
        }
    }

    /// <summary>Whether a number is cut: what is known of the rest says nothing about the whole.</summary>
    private static bool IsNarrowed(IOperation operation) => operation switch
    {
        IArgumentOperation argument => IsNarrowed(argument.Value),
        IConversionOperation conversion => (conversion.Conversion is { IsNumeric: true, IsImplicit: false }) || IsNarrowed(conversion.Operand),
        IParenthesizedOperation parenthesized => IsNarrowed(parenthesized.Operand),
        _ => false,
    };

    private IOperation? OutermostCall() => _caller?.OutermostCall() ?? _call;

    private static IOperation Unwrapped(IOperation operation) => operation switch
    {
        IConversionOperation { OperatorMethod: null } conversion => Unwrapped(conversion.Operand),
        IParenthesizedOperation parenthesized => Unwrapped(parenthesized.Operand),
        IArgumentOperation argument => Unwrapped(argument.Value),
        IDeclarationExpressionOperation declaration => Unwrapped(declaration.Expression),
        _ => operation,
    };

    /// <summary>The variable, or the member of one, that an operation reads or writes; null where it is none that is followed.</summary>
    private static object? Key(IOperation operation) => Unwrapped(operation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter.OriginalDefinition,
        IFlowCaptureReferenceOperation capture => capture.Id,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field.OriginalDefinition,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Arguments.IsEmpty: true } property => property.Property.OriginalDefinition,
        IFieldReferenceOperation { Instance: { } owner } field when Key(owner) is { } root => new MemberKey(root, field.Field.OriginalDefinition),
        IPropertyReferenceOperation { Instance: { } owner, Arguments.IsEmpty: true } property when Key(owner) is { } root => new MemberKey(root, property.Property.OriginalDefinition),
        _ => null,
    };
}
