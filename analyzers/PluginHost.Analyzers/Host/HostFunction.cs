using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Flow;

namespace PluginHost.Analyzers.Host;

/// <summary>A function that skills may be allowed to call, with its body: a method with the attribute, or what is passed to <c>HostFunctions.Add</c>.</summary>
internal sealed class HostFunction(HostTypes host, Compilation compilation, IMethodSymbol symbol, IOperation body)
{
    private const int MaxHelpers = 2;

    private readonly Lazy<ImmutableArray<IOperation>> _operations = new(() => [.. Descendants(body)]);
    private readonly Lazy<ImmutableArray<IOperation>> _withAsking = new(() => [.. Asking(host, compilation, [.. Descendants(body)], 0)]);
    private readonly Lazy<ControlFlowGraph?> _graph = new(() => FlowGraphs.Of(body, symbol));

    public HostTypes Host => host;

    public Compilation Compilation => compilation;

    public IMethodSymbol Symbol => symbol;

    public IOperation Body => body;

    /// <summary>Its name in messages.</summary>
    public string Name => symbol.MethodKind == MethodKind.AnonymousFunction ? "the registered function" : $"'{symbol.Name}'";

    /// <summary>Everything in its body: lambdas and local functions too, names in <c>nameof</c> not.</summary>
    public ImmutableArray<IOperation> Operations => _operations.Value;

    /// <summary>The same, and the bodies of helpers that are given the call: they may ask for it.</summary>
    public ImmutableArray<IOperation> WithAsking => _withAsking.Value;

    /// <summary>Null where there is none: the code has errors.</summary>
    public ControlFlowGraph? Graph => _graph.Value;

    /// <summary>The parameter by which it may ask; null where it takes none.</summary>
    public IParameterSymbol? Call => symbol.Parameters.FirstOrDefault(parameter => parameter.Type.Is(host.HostFunctionCall));

    /// <summary>What guests decide: every parameter that is not the host's own.</summary>
    public IEnumerable<IParameterSymbol> GuestParameters => symbol.Parameters.Where(parameter => !parameter.Type.Is(host.HostFunctionCall) && parameter.Type.FullName() != "System.Threading.CancellationToken");

    private static IEnumerable<IOperation> Asking(HostTypes host, Compilation compilation, ImmutableArray<IOperation> operations, int depth)
    {
        var helpers = depth == MaxHelpers ? [] : operations.OfType<IInvocationOperation>()
            .Where(invocation => invocation.TargetMethod.MethodKind == MethodKind.Ordinary && invocation.Arguments.Any(argument => argument.Value.Type.Is(host.HostFunctionCall)))
            .Select(invocation => Bodies.Of(compilation, invocation.SemanticModel, invocation.TargetMethod)).OfType<IOperation>().Distinct();
        return operations.Concat(helpers.SelectMany(helper => Asking(host, compilation, [.. Descendants(helper)], depth + 1)));
    }

    internal static IEnumerable<IOperation> AndDescendants(IOperation operation) => new[] { operation }.Concat(Descendants(operation));

    internal static IEnumerable<IOperation> Descendants(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            if (child is INameOfOperation)
            {
                continue;
            }

            yield return child;
            foreach (var deeper in Descendants(child))
            {
                yield return deeper;
            }
        }
    }
}
