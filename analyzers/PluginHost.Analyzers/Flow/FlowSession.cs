using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>What the analyses of one body and of everything that it calls share: what was found, what is known already, and how much may still be done.</summary>
internal sealed class FlowSession(Compilation compilation, FlowPolicy policy)
{
    private readonly Dictionary<ISymbol, ControlFlowGraph?> _graphs = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<(FlowState Entry, FlowState? Exit, FlowValue Returned)>> _summaries = new(SymbolEqualityComparer.Default);

    /// <summary>Blocks that may still be looked at; whoever writes more has written it for this.</summary>
    private int _budget = 100_000;

    public FlowPolicy Policy => policy;

    public List<FlowFinding> Findings { get; } = [];

    /// <summary>Takes one block's worth; false where there is nothing left.</summary>
    public bool Spend() => _budget-- > 0;

    public bool IsExhausted => _budget <= 0;

    /// <summary>The graph of a method of this compilation; null where it has none.</summary>
    public ControlFlowGraph? GraphOf(SemanticModel? near, IMethodSymbol method)
    {
        if (!_graphs.TryGetValue(method, out var graph))
        {
            graph = Bodies.Of(compilation, near, method) is { } body ? FlowGraphs.Of(body, method) : null;
            _graphs.Add(method, graph);
        }

        return graph;
    }

    /// <summary>What is known of a body that was entered like this; null where it was not.</summary>
    public (FlowState? Exit, FlowValue Returned)? Summary(IMethodSymbol method, FlowState entry) =>
        _summaries.TryGetValue(method, out var all) && all.FirstOrDefault(each => each.Entry.Equals(entry)) is { Entry: not null } found ? (found.Exit, found.Returned) : null;

    public void Remember(IMethodSymbol method, FlowState entry, FlowState? exit, FlowValue returned)
    {
        if (!_summaries.TryGetValue(method, out var all))
        {
            _summaries.Add(method, all = []);
        }

        all.RemoveAll(each => each.Entry.Equals(entry));
        all.Add((entry, exit, returned));
    }
}
