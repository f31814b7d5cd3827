using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>
/// Who vouches for whom. Trust begins with the operator's own narrators, 1000 each, and flows along vouches; what reaches a key is bounded by its distance
/// and by every vouch on the way, so that invented keys add nothing but what an honest one gave them.
/// </summary>
internal sealed class VouchGraph
{
    /// <summary>What a narrator of the operator has to give.</summary>
    public const int Supply = 1000;

    /// <summary>What can go through a key, by its distance from the operator. Beyond that nothing can.</summary>
    private static readonly int[] CapacityAt = [1000, 1000, 500, 250, 125];

    private readonly Dictionary<string, int> _depth = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, int>> _out = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _in = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _scopes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seeds;

    /// <param name="seeds">Keys of the operator's narrators, and whether they may vouch.</param>
    /// <param name="vouches">Vouches that count.</param>
    /// <param name="without">Keys of which nothing counts here: those of the publisher in question.</param>
    public VouchGraph(IEnumerable<(string Key, bool Vouches)> seeds, IEnumerable<KeyVouch> vouches, IReadOnlySet<string>? without = null)
    {
        var first = seeds.Where(seed => without?.Contains(seed.Key) != true).ToList();
        _seeds = first.Select(seed => seed.Key).ToHashSet(StringComparer.Ordinal);
        var byVoucher = vouches.Where(vouch => without is null || (!without.Contains(vouch.From) && !without.Contains(vouch.To))).ToLookup(vouch => vouch.From, StringComparer.Ordinal);
        var wave = first.Where(seed => seed.Vouches).Select(seed => seed.Key).Distinct(StringComparer.Ordinal).ToList();
        foreach (var seed in _seeds)
        {
            _depth[seed] = 0;
        }

        var expanded = new HashSet<string>(StringComparer.Ordinal);
        for (var depth = 1; wave.Count > 0 && depth < CapacityAt.Length; depth++)
        {
            wave = Expand(wave.Where(expanded.Add), byVoucher, depth);
        }
    }

    /// <summary>Whether somebody whom trust reaches vouched for a key as something.</summary>
    public bool IsVouchedAs(string key, string scope) => _scopes.GetValueOrDefault(key)?.Contains(scope) == true;

    /// <summary>What reaches a key.</summary>
    public int FlowTo(string key) => Flow([(key, Supply, key)]).Amount;

    /// <summary>What reaches some keys together.</summary>
    /// <param name="sinks">Keys, how much each can take in, and what that is for.</param>
    /// <returns>How much, and along which ways: the keys from the operator's narrator on.</returns>
    public (int Amount, IReadOnlyList<FlowPath> Paths) Flow(IReadOnlyCollection<(string Key, int Capacity, string For)> sinks)
    {
        var network = new FlowNetwork();
        var (source, sink) = (network.AddNode(), network.AddNode());
        var nodes = new Dictionary<string, (int In, int Out)>(StringComparer.Ordinal);
        var names = new Dictionary<int, string>();

        // Only what leads to a sink matters; going backwards from there keeps the network small in a large graph.
        var wanted = new Queue<string>(sinks.Select(entry => entry.Key).Where(_depth.ContainsKey).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        foreach (var key in wanted)
        {
            Node(key);
        }

        while (wanted.TryDequeue(out var key))
        {
            foreach (var from in (_in.GetValueOrDefault(key) ?? []).Order(StringComparer.Ordinal))
            {
                if (!nodes.ContainsKey(from))
                {
                    Node(from);
                    wanted.Enqueue(from);
                }

                network.AddEdge(nodes[from].Out, nodes[key].In, _out[from][key]);
            }
        }

        foreach (var seed in _seeds.Where(nodes.ContainsKey).Order(StringComparer.Ordinal))
        {
            network.AddEdge(source, nodes[seed].In, Supply);
        }

        foreach (var (key, capacity, reason) in sinks.Where(entry => nodes.ContainsKey(entry.Key)).OrderBy(entry => entry.For, StringComparer.Ordinal))
        {
            var end = network.AddNode();
            names[end] = reason;
            network.AddEdge(nodes[key].Out, end, capacity);
            network.AddEdge(end, sink, capacity);
        }

        var amount = network.Flow(source, sink);
        return (amount, [.. network.Paths(source, sink).Select(path => new FlowPath(path.Amount, [.. path.Nodes.Where(names.ContainsKey).Select(node => names[node])]))]);

        void Node(string key)
        {
            var (entry, exit) = (network.AddNode(), network.AddNode());
            nodes[key] = (entry, exit);
            names[entry] = key;
            network.AddEdge(entry, exit, CapacityAt[_depth[key]]);
        }
    }

    private List<string> Expand(IEnumerable<string> vouchers, ILookup<string, KeyVouch> byVoucher, int depth)
    {
        var next = new HashSet<string>(StringComparer.Ordinal);
        foreach (var vouch in vouchers.SelectMany(voucher => byVoucher[voucher]))
        {
            _depth.TryAdd(vouch.To, depth);
            Of(_scopes, vouch.To).UnionWith(vouch.Scope);
            Of(_in, vouch.To).Add(vouch.From);
            if (!_out.TryGetValue(vouch.From, out var edges))
            {
                _out[vouch.From] = edges = new Dictionary<string, int>(StringComparer.Ordinal);
            }

            edges[vouch.To] = Math.Max(edges.GetValueOrDefault(vouch.To), vouch.Capacity);
            if (vouch.PassesOn)
            {
                next.Add(vouch.To);
            }
        }

        return [.. next];

        static HashSet<string> Of(Dictionary<string, HashSet<string>> sets, string key)
        {
            if (!sets.TryGetValue(key, out var set))
            {
                sets[key] = set = new HashSet<string>(StringComparer.Ordinal);
            }

            return set;
        }
    }
}
