using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>Control flow graphs of methods, lambdas and local functions.</summary>
internal static class FlowGraphs
{
    /// <summary>The graph of a body; null where the code is not complete.</summary>
    public static ControlFlowGraph? Of(IOperation body, IMethodSymbol symbol)
    {
        var graph = Registration.Root(body) switch
        {
            IMethodBodyOperation method => ControlFlowGraph.Create(method),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
            IBlockOperation block => ControlFlowGraph.Create(block),
            IFieldInitializerOperation field => ControlFlowGraph.Create(field),
            IPropertyInitializerOperation property => ControlFlowGraph.Create(property),
            IParameterInitializerOperation parameter => ControlFlowGraph.Create(parameter),
            _ => null,
        };
        return graph is null || symbol.MethodKind is not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) ? graph : Nested(graph, symbol);
    }

    /// <summary>The graph of a local function, from a graph that it is visible in.</summary>
    public static ControlFlowGraph? OfLocalFunction(ControlFlowGraph? graph, IMethodSymbol function)
    {
        for (; graph is not null; graph = graph.Parent)
        {
            if (graph.LocalFunctions.Contains(function))
            {
                return graph.GetLocalFunctionControlFlowGraph(function);
            }
        }

        return null;
    }

    private static ControlFlowGraph? Nested(ControlFlowGraph graph, IMethodSymbol symbol)
    {
        foreach (var local in graph.LocalFunctions)
        {
            var inner = graph.GetLocalFunctionControlFlowGraph(local);
            if (SymbolEqualityComparer.Default.Equals(local, symbol))
            {
                return inner;
            }

            if (Nested(inner, symbol) is { } found)
            {
                return found;
            }
        }

        foreach (var lambda in graph.Blocks.SelectMany(block => block.Operations.Concat(block.BranchValue is { } value ? [value] : [])).SelectMany(HostFunction.AndDescendants).OfType<IFlowAnonymousFunctionOperation>())
        {
            var inner = graph.GetAnonymousFunctionControlFlowGraph(lambda);
            if (SymbolEqualityComparer.Default.Equals(lambda.Symbol, symbol))
            {
                return inner;
            }

            if (Nested(inner, symbol) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
