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
internal sealed class FlowAnalysis(Compilation compilation, FlowPolicy policy, ControlFlowGraph graph, FlowAnalysis? caller = null, IOperation? call = null, IMethodSymbol? method = null)
{
    private const int MaxHelpers = 2;
    private const int MaxRounds = 1_000;

    private readonly Dictionary<int, FlowState> _before = [];
    private readonly List<FlowFinding> _findings = caller?._findings ?? [];
    private FlowState? _exit;
    private FlowValue? _returned;
    private bool _reports;

    /// <summary>Follows values through a host function.</summary>
    public static IReadOnlyList<FlowFinding> Of(Compilation compilation, FlowPolicy policy, ControlFlowGraph graph, FlowState entry)
    {
        var analysis = new FlowAnalysis(compilation, policy, graph);
        analysis.Run(entry, reports: true);
        return analysis._findings;
    }

    private void Run(FlowState entry, bool reports)
    {
        _before[0] = entry;
        var queue = new SortedSet<int> { 0 };
        for (var rounds = 0; queue.Count > 0 && rounds < MaxRounds; rounds++)
        {
            var ordinal = queue.Min;
            queue.Remove(ordinal);
            foreach (var (next, state) in Step(graph.Blocks[ordinal]))
            {
                var merged = _before.TryGetValue(next, out var known) ? known.Merge(state) : state;
                if (!merged.Equals(known))
                {
                    _before[next] = merged;
                    queue.Add(next);
                }
            }
        }

        _exit = _before.TryGetValue(graph.Blocks.Length - 1, out var end) ? end : FlowState.Empty;
        _returned = null;
        _reports = reports;
        foreach (var block in graph.Blocks.Where(block => _before.ContainsKey(block.Ordinal)))
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
        foreach (var operation in block.Operations)
        {
            state = Visit(operation, state);
            Thrown();
        }

        if (block.BranchValue is { } value)
        {
            state = Visit(value, state);
            Thrown();
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
                var result = Evaluate(returned, state);
                _returned = _returned is { } before ? new FlowValue(before.IsTainted || result.IsTainted, (before.IsDemanded || !before.IsTainted) && (result.IsDemanded || !result.IsTainted)) : result;
                if (policy.ReturnsAreSinks && caller is null)
                {
                    Report(returned, returned, state);
                }
            }

            Go(block.FallThroughSuccessor, state);
        }

        return next;

        void Thrown()
        {
            foreach (var handler in handlers)
            {
                next.Add((handler, state));
            }
        }

        void Go(ControlFlowBranch? branch, FlowState after)
        {
            if (branch is null)
            {
                return;
            }

            next.AddRange(branch.FinallyRegions.Select(region => (region.FirstBlockOrdinal, after)));
            if (branch.Destination is { } destination)
            {
                next.Add((destination.Ordinal, after));
            }
        }
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

        return policy.AssuredBy(condition, outcome) is { } assured && Key(assured) is { } key ? state.Set(key, FlowValue.Clean) : state;
    }

    /// <summary>What an operation does to the state, whatever it is made of first.</summary>
    private FlowState Visit(IOperation operation, FlowState state)
    {
        if (operation is INameOfOperation)
        {
            return state;
        }

        // The target of an assignment is not read.
        foreach (var child in operation.ChildOperations)
        {
            state = Visit(child, state);
        }

        foreach (var sink in policy.Sinks(operation))
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
                return Assign(compound.Target, Evaluate(compound.Target, state).With(Evaluate(compound.Value, state)), state);
            case IDeconstructionAssignmentOperation deconstruction:
                var value = Evaluate(deconstruction.Value, state);
                return HostFunction.AndDescendants(deconstruction.Target).Aggregate(state, (now, target) => Key(target) is { } key ? now.Set(key, value) : now);
            case IInvocationOperation invocation:
                return Invoke(invocation, state);
            case IObjectCreationOperation creation:
                return Out(creation.Arguments, Evaluate(creation, state), state);
            case IFlowAnonymousFunctionOperation lambda:
                return Nested(graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, state);
            default:
                return state;
        }
    }

    private FlowState Assign(IOperation target, FlowValue value, FlowState state)
    {
        if (target.Type is { } type && policy.IsHarmless(type))
        {
            value = FlowValue.Clean;
        }

        if (Key(target) is { } key)
        {
            return state.Set(key, value);
        }

        // What is put into an object, or into an array, is in it from then on; what was in it stays.
        return value.IsTainted && Owner(target) is { } owner && Key(owner) is { } held
            ? state.Set(held, new FlowValue(true, value.IsDemanded && (state[held].IsDemanded || !state[held].IsTainted)))
            : state;
    }

    private static IOperation? Owner(IOperation target) => target switch
    {
        IPropertyReferenceOperation { Property.Name: "Content" or "Body" } => null,
        IMemberReferenceOperation member => member.Instance,
        IArrayElementReferenceOperation element => element.ArrayReference,
        _ => null,
    };

    private FlowState Invoke(IInvocationOperation invocation, FlowState state)
    {
        if (policy.Demanded(invocation) is { } resource)
        {
            state = state.AfterDemand();
            return Key(resource) is { } demanded ? state.Set(demanded, new FlowValue(state[demanded].IsTainted, true)) : state;
        }

        if (policy.Assured(invocation) is { } assured && Key(assured) is { } key)
        {
            return state.Set(key, FlowValue.Clean);
        }

        if (invocation.TargetMethod.MethodKind == MethodKind.LocalFunction && FlowGraphs.OfLocalFunction(graph, invocation.TargetMethod.OriginalDefinition) is { } local)
        {
            return Nested(local, invocation.TargetMethod, Parameters(invocation, state, state));
        }

        if (Helper(invocation, state) is { } helper)
        {
            helper.Run(Parameters(invocation, state, IsOnThis(invocation) ? state.FieldsOnly() : FlowState.Empty), reports: _reports);
            return AfterHelper(invocation, helper._exit!, state);
        }

        return Out(invocation.Arguments, Evaluate(invocation, state), state);
    }

    private static bool IsOnThis(IInvocationOperation invocation) => invocation.Instance is null or IInstanceReferenceOperation;

    private FlowState Parameters(IInvocationOperation invocation, FlowState state, FlowState entry)
    {
        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter?.OriginalDefinition is { } parameter)
            {
                entry = entry.Set(parameter, Evaluate(argument.Value, state));
            }
        }

        return entry;
    }

    /// <summary>What a helper demanded of its parameters on every way out, it demanded of the arguments.</summary>
    private static FlowState AfterHelper(IInvocationOperation invocation, FlowState exit, FlowState state)
    {
        state = exit.HasDemanded ? state.AfterDemand() : state;
        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter?.OriginalDefinition is { } parameter && Key(argument.Value) is { } key)
            {
                if (parameter.RefKind is RefKind.Out or RefKind.Ref)
                {
                    state = state.Set(key, exit[parameter]);
                }
                else if (exit[parameter].IsDemanded)
                {
                    state = state.Set(key, new FlowValue(state[key].IsTainted, true));
                }
            }
        }

        return IsOnThis(invocation) ? state.WithFieldsOf(exit) : state;
    }

    /// <summary>A lambda or a local function, which shares the variables around it.</summary>
    private FlowState Nested(ControlFlowGraph inner, IMethodSymbol symbol, FlowState state)
    {
        if (IsActive(symbol))
        {
            return state;
        }

        var nested = new FlowAnalysis(compilation, policy, inner, this, call: null, symbol);
        nested.Run(state, _reports);
        return symbol.MethodKind == MethodKind.LocalFunction ? nested._exit! : state.Merge(nested._exit!);
    }

    private FlowAnalysis? Helper(IInvocationOperation invocation, FlowState state)
    {
        var target = invocation.TargetMethod.OriginalDefinition;
        if (target.IsAbstract || (target.IsVirtual && !target.ContainingType.IsSealed) || target.MethodKind is not MethodKind.Ordinary || IsActive(target) || Depth() >= MaxHelpers
            || !(invocation.Arguments.Any(argument => Evaluate(argument.Value, state).IsTainted) || (IsOnThis(invocation) && !state.FieldsOnly().Equals(FlowState.Empty)))
            || Bodies.Of(compilation, invocation.SemanticModel, target) is not { } body || FlowGraphs.Of(body, target) is not { } inner)
        {
            return null;
        }

        return new FlowAnalysis(compilation, policy, inner, this, invocation, target);
    }

    private int Depth() => (call is null ? 0 : 1) + (caller?.Depth() ?? 0);

    private bool IsActive(IMethodSymbol symbol) => SymbolEqualityComparer.Default.Equals(method, symbol) || caller?.IsActive(symbol) == true;

    private FlowState Out(IEnumerable<IArgumentOperation> arguments, FlowValue made, FlowState state)
    {
        foreach (var argument in arguments.Where(argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref))
        {
            var target = argument.Value is IDeclarationExpressionOperation declaration ? declaration.Expression : argument.Value;
            if (Key(target) is { } key)
            {
                var tainted = arguments.Any(other => other != argument && Evaluate(other.Value, state).IsTainted) || made.IsTainted;
                state = state.Set(key, tainted && !(target.Type is { } type && policy.IsHarmless(type)) ? FlowValue.Tainted : FlowValue.Clean);
            }
        }

        return state;
    }

    private void Report(IOperation value, IOperation sink, FlowState state)
    {
        if (_reports && Evaluate(value, state) is { IsTainted: true, IsDemanded: false })
        {
            var at = OutermostCall() ?? value;
            if (!_findings.Any(finding => finding.At.Syntax == at.Syntax && finding.Value.Syntax == value.Syntax))
            {
                _findings.Add(new FlowFinding(value, sink, at, state.HasDemanded));
            }
        }
    }

    private IOperation? OutermostCall() => caller?.OutermostCall() ?? call;

    /// <summary>The variable that an operation reads or writes; null where it is none that is followed.</summary>
    private static object? Key(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter.OriginalDefinition,
        IFlowCaptureReferenceOperation capture => capture.Id,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field.OriginalDefinition,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Arguments.IsEmpty: true } property => property.Property.OriginalDefinition,
        IConversionOperation { OperatorMethod: null } conversion => Key(conversion.Operand),
        IParenthesizedOperation parenthesized => Key(parenthesized.Operand),
        IArgumentOperation argument => Key(argument.Value),
        IDeclarationExpressionOperation declaration => Key(declaration.Expression),
        _ => null,
    };

    /// <summary>What is known of the value of an expression.</summary>
    private FlowValue Evaluate(IOperation operation, FlowState state)
    {
        if (operation.ConstantValue.HasValue || operation is INameOfOperation or ITypeOfOperation || (operation.Type is { } type && policy.IsHarmless(type)) || policy.IsSanitizer(operation))
        {
            return FlowValue.Clean;
        }

        if (policy.IsSource(operation))
        {
            return FlowValue.Tainted;
        }

        if (operation is IConversionOperation { Operand: { Type: { } from } } && policy.IsHarmless(from))
        {
            return FlowValue.Clean;
        }

        if (Key(operation) is { } key)
        {
            return state[key];
        }

        switch (operation)
        {
            case IConversionOperation conversion:
                return Evaluate(conversion.Operand, state);
            case IAwaitOperation await:
                return Evaluate(await.Operation, state);
            case IArgumentOperation argument:
                return Evaluate(argument.Value, state);
            case IIsPatternOperation or IIsTypeOperation or IFlowAnonymousFunctionOperation or IDelegateCreationOperation or IIsNullOperation:
                return FlowValue.Clean;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual }:
                return FlowValue.Clean;
            case IInvocationOperation invocation when policy.Demanded(invocation) is { } resource:
                return new FlowValue(Evaluate(resource, state).IsTainted, true);
            case IInvocationOperation { Instance: { } receiver } invocation when IsTable(receiver.Type):
                return Evaluate(receiver, state);
            case IPropertyReferenceOperation { Instance: { } receiver, Arguments.Length: > 0 }:
                return Evaluate(receiver, state);
            case IPropertyReferenceOperation { Instance: { } receiver } when receiver.Type is { } owner && IsWrapper(owner):
                return Evaluate(receiver, state);
            case IArrayElementReferenceOperation element:
                return Evaluate(element.ArrayReference, state);
            case IInvocationOperation invocation when invocation.TargetMethod.MethodKind == MethodKind.Ordinary && Helper(invocation, state) is { } helper:
                helper.Run(Parameters(invocation, state, IsOnThis(invocation) ? state.FieldsOnly() : FlowState.Empty), reports: false);
                return helper._returned ?? FlowValue.Clean;
            case IObjectCreationOperation creation when IsWrapper(creation.Type!):
            case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "FromResult" }:
                var parts = operation.ChildOperations.Select(child => Evaluate(child, state)).Where(part => part.IsTainted).ToList();
                return new FlowValue(parts.Count > 0, parts.Count > 0 && parts.TrueForAll(part => part.IsDemanded));
            default:
                return operation.ChildOperations.Aggregate(FlowValue.Clean, (value, child) => value.With(Evaluate(child, state)));
        }
    }

    /// <summary>What is looked up in a table is the table's, whatever the key.</summary>
    private static bool IsTable(ITypeSymbol? type) =>
        type.AndBases().Any(each => each.Name.EndsWith("Dictionary", System.StringComparison.Ordinal) && each.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", System.StringComparison.Ordinal) == true)
        || (type?.Name is "IDictionary" or "IReadOnlyDictionary" && type.ContainingNamespace?.ToDisplayString() == "System.Collections.Generic");

    /// <summary>Types that say the same as what they are made of.</summary>
    private static bool IsWrapper(ITypeSymbol type) => type.FullName() is "System.Uri" or "System.Net.Http.HttpRequestMessage" or "System.IO.FileInfo" or "System.IO.DirectoryInfo";
}
