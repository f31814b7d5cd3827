using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>What is known of the value of an expression.</summary>
internal sealed partial class FlowAnalysis
{
    private FlowValue Evaluate(IOperation operation, FlowState state)
    {
        // Parts are asked for again and again on the way up; as long as nothing has changed they say the same.
        if (_values.TryGetValue(operation, out var known) && ReferenceEquals(known.State, state))
        {
            return known.Value;
        }

        var value = Find(operation, state);
        _values[operation] = (state, value);
        return value;
    }

    private FlowValue Find(IOperation operation, FlowState state)
    {
        if (operation.ConstantValue.HasValue || operation is INameOfOperation or ITypeOfOperation || (operation.Type is { } type && _policy.IsHarmless(type))
            || _policy.IsSanitizer(operation, part => Evaluate(part, state).IsTainted))
        {
            return FlowValue.Clean;
        }

        if (_policy.IsSource(operation))
        {
            return FlowValue.Tainted;
        }

        if (operation is IConversionOperation { Operand.Type: { } from } && _policy.IsHarmless(from))
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
            case IMemberReferenceOperation { Instance: { } owner } and (IFieldReferenceOperation or IPropertyReferenceOperation):
                return Evaluate(owner, state);
            case IArrayElementReferenceOperation element:
                return Evaluate(element.ArrayReference, state);
            case IInvocationOperation invocation:
                return Result(invocation, state);
            case IObjectCreationOperation { Type: { } made } when IsWrapper(made):
            case ITupleOperation:
                return Together(operation, state);
            default:
                return operation.ChildOperations.Aggregate(FlowValue.Clean, (value, child) => value.With(Evaluate(child, state)));
        }
    }

    private FlowValue Result(IInvocationOperation invocation, FlowState state)
    {
        if (_policy.Demanded(invocation) is { } resource)
        {
            return new FlowValue(Evaluate(resource, state).IsTainted, true);
        }

        if (invocation.Instance is { } receiver && IsTable(receiver.Type))
        {
            return Evaluate(receiver, state);
        }

        if (invocation.Instance is null && invocation.Arguments is [{ Value: { } first }, ..] && IsTable(Unwrapped(first).Type))
        {
            return Evaluate(first, state);
        }

        if (invocation.TargetMethod.Name is "ConfigureAwait" or "AsTask" or "FromResult" || (invocation.TargetMethod.Name == "ToString" && invocation.Instance?.Type is { } owner && IsWrapper(owner)))
        {
            return Together(invocation, state);
        }

        // What is selected is what the function makes of each.
        if (invocation.TargetMethod is { Name: "Select", ContainingNamespace: { } space } && space.ToDisplayString() == "System.Linq" && invocation.Arguments is [var source, { Value: var selector }]
            && (Unwrapped(selector) as IDelegateCreationOperation)?.Target is IFlowAnonymousFunctionOperation lambda
            && Silently(() => Enter(_graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol, Evaluate(source.Value, state).IsTainted ? Fed(lambda.Symbol, state) : state, returnsAreSinks: false)) is { } selected)
        {
            return selected.Returned;
        }

        if (Called(invocation, state) is var (graph, entry) && graph is not null
            && Silently(() => Enter(graph, invocation.TargetMethod.OriginalDefinition, entry, returnsAreSinks: false, invocation.TargetMethod.MethodKind == MethodKind.LocalFunction ? null : invocation)) is { } known)
        {
            return known.Returned;
        }

        return invocation.ChildOperations.Aggregate(FlowValue.Clean, (value, child) => value.With(Evaluate(child, state)));
    }

    private T Silently<T>(Func<T> look)
    {
        var (reports, stopped) = (_reports, _isStopped);
        _reports = false;
        try
        {
            return look();
        }
        finally
        {
            (_reports, _isStopped) = (reports, stopped);
        }
    }

    /// <summary>Demanded where each part is that needs to be.</summary>
    private FlowValue Together(IOperation operation, FlowState state)
    {
        var parts = operation.ChildOperations.Select(child => Evaluate(child, state)).Where(part => part.IsTainted).ToList();
        return new FlowValue(parts.Count > 0, parts.Count > 0 && parts.TrueForAll(part => part.IsDemanded));
    }

    /// <summary>What is looked up in a table is the table's, whatever the key.</summary>
    private static bool IsTable(ITypeSymbol? type) =>
        type.AndBases().Any(each => each.Name.EndsWith("Dictionary", StringComparison.Ordinal) && each.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true)
        || (type?.Name is "IDictionary" or "IReadOnlyDictionary" && type.ContainingNamespace?.ToDisplayString() == "System.Collections.Generic");

    /// <summary>Types that say the same as what they are made of.</summary>
    private static bool IsWrapper(ITypeSymbol type) => type.IsRecord || type.FullName() is "System.Uri" or "System.Net.Http.HttpRequestMessage" or "System.IO.FileInfo" or "System.IO.DirectoryInfo";
}
