namespace PluginHost.Skills.Scoring;

/// <summary>Maximum flow in whole numbers (Dinic). Edges are taken in the order in which they were added, so that the same network always flows the same way.</summary>
internal sealed class FlowNetwork
{
    private readonly List<int> _to = [];
    private readonly List<int> _capacity = [];
    private readonly List<int> _initial = [];
    private readonly List<List<int>> _edges = [];

    /// <summary>Adds a node.</summary>
    /// <returns>Its number.</returns>
    public int AddNode()
    {
        _edges.Add([]);
        return _edges.Count - 1;
    }

    public void AddEdge(int from, int to, int capacity)
    {
        Add(from, to, capacity);
        Add(to, from, 0);
    }

    /// <summary>Lets as much flow as can.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public int Flow(int source, int sink, CancellationToken stop)
    {
        var flow = 0;
        var level = new int[_edges.Count];
        var next = new int[_edges.Count];
        while (Levels(source, sink, level))
        {
            Array.Clear(next);
            for (int pushed; (pushed = Push(source, sink, int.MaxValue, level, next)) > 0;)
            {
                stop.ThrowIfCancellationRequested();
                flow += pushed;
            }
        }

        return flow;
    }

    /// <summary>What flows, as paths from the source to the sink.</summary>
    public IEnumerable<(int Amount, IReadOnlyList<int> Nodes)> Paths(int source, int sink)
    {
        var left = _capacity.Select((capacity, edge) => Math.Max(0, _initial[edge] - capacity)).ToArray();
        while (Walk(source, sink, left) is { } path)
        {
            var amount = path.Min(edge => left[edge]);
            path.ForEach(edge => left[edge] -= amount);
            yield return (amount, [source, .. path.Select(edge => _to[edge])]);
        }
    }

    /// <summary>Edges of a way that something flows along; what flows in a circle is taken away on the way, because it comes from nowhere.</summary>
    private List<int>? Walk(int source, int sink, int[] left)
    {
        var path = new List<int>();
        for (var node = source; node != sink;)
        {
            var edge = _edges[node].FirstOrDefault(edge => left[edge] > 0, -1);
            if (edge < 0)
            {
                return null;
            }

            path.Add(edge);
            node = _to[edge];
            var start = path.FindIndex(step => _to[step ^ 1] == node);
            if (start >= 0)
            {
                var circle = path[start..];
                var amount = circle.Min(step => left[step]);
                circle.ForEach(step => left[step] -= amount);
                path.RemoveRange(start, circle.Count);
            }
        }

        return path;
    }

    private void Add(int from, int to, int capacity)
    {
        _edges[from].Add(_to.Count);
        _to.Add(to);
        _capacity.Add(capacity);
        _initial.Add(capacity);
    }

    private bool Levels(int source, int sink, int[] level)
    {
        Array.Fill(level, -1);
        level[source] = 0;
        var queue = new Queue<int>([source]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var edge in _edges[node])
            {
                if (_capacity[edge] > 0 && level[_to[edge]] < 0)
                {
                    level[_to[edge]] = level[node] + 1;
                    queue.Enqueue(_to[edge]);
                }
            }
        }

        return level[sink] >= 0;
    }

    /// <summary>Depth is bounded by the depth of the graph of trust, which is small.</summary>
    private int Push(int node, int sink, int most, int[] level, int[] next)
    {
        if (node == sink)
        {
            return most;
        }

        for (; next[node] < _edges[node].Count; next[node]++)
        {
            var edge = _edges[node][next[node]];
            if (_capacity[edge] > 0 && level[_to[edge]] == level[node] + 1 && Push(_to[edge], sink, Math.Min(most, _capacity[edge]), level, next) is > 0 and var pushed)
            {
                _capacity[edge] -= pushed;
                _capacity[edge ^ 1] += pushed;
                return pushed;
            }
        }

        return 0;
    }
}
