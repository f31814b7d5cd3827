using System.Collections.Immutable;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>
/// Who vouches for whom, and as what. Trust begins with the operator's own narrators, 1000 each, and flows along vouches; what reaches a key is bounded by
/// its distance and by every vouch on the way, so that invented keys add nothing but what an honest one gave them. What a key was given as an auditor it
/// cannot hand on as a voucher, and in all its roles together no more goes through it than through one.
/// </summary>
internal sealed class VouchGraph
{
    /// <summary>What a narrator of the operator has to give.</summary>
    public const int Supply = 1000;

    /// <summary>From how much on a narrator is trustworthy.</summary>
    public const int Trustworthy = 500;

    /// <summary>How far from the operator's narrators somebody can be vouched for.</summary>
    public const int MaxDepth = 4;

    private const string Auditor = "auditor";

    /// <summary>What can go through a key, by its distance from the operator. Beyond that nothing can.</summary>
    private static readonly int[] CapacityAt = [1000, 1000, 500, 250, 125];

    /// <summary>Vouchers whose word counts, by their distance from the operator.</summary>
    private readonly Dictionary<string, int> _vouchers = new(StringComparer.Ordinal);

    /// <summary>Vouches of such vouchers, by the key that they are for.</summary>
    private readonly Dictionary<string, List<KeyVouch>> _into = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seeds;
    private readonly CancellationToken _stop;

    /// <summary>What can reach vouchers on one way, by the nearest.</summary>
    private readonly Dictionary<string, int> _widths = new(StringComparer.Ordinal);

    /// <param name="seeds">Keys of the operator's narrators, and whether they may vouch.</param>
    /// <param name="vouches">Vouches that count.</param>
    /// <param name="without">Keys of which nothing counts here: those of the publisher in question.</param>
    /// <param name="stop">Ends what takes too long.</param>
    public VouchGraph(IEnumerable<(string Key, bool Vouches)> seeds, IEnumerable<KeyVouch> vouches, IReadOnlySet<string>? without = null, CancellationToken stop = default)
    {
        _stop = stop;
        var first = seeds.Where(seed => without?.Contains(seed.Key) != true).ToList();
        _seeds = first.Select(seed => seed.Key).ToHashSet(StringComparer.Ordinal);
        var byVoucher = vouches.Where(vouch => without is null || (!without.Contains(vouch.From) && !without.Contains(vouch.To))).ToLookup(vouch => vouch.From, StringComparer.Ordinal);
        var wave = first.Where(seed => seed.Vouches).Select(seed => seed.Key).Distinct(StringComparer.Ordinal).ToList();
        wave.ForEach(seed => _widths[seed] = Supply);
        for (var depth = 0; wave.Count > 0 && depth < MaxDepth; depth++)
        {
            wave = Expand(wave, byVoucher, depth);
        }
    }

    /// <summary>Whether a key may vouch, and is near enough to the operator for its word to count.</summary>
    public bool MayVouch(string key) => _vouchers.ContainsKey(key);

    /// <summary>Whether somebody whose word counts vouched for a key as something.</summary>
    public bool IsVouchedAs(string key, string scope) => Into(key, scope).Any();

    /// <summary>Whose word for a key counts, nearest to the operator first.</summary>
    public IEnumerable<string> VouchersOf(string key, string scope) =>
        Into(key, scope).Select(vouch => vouch.From).Distinct(StringComparer.Ordinal).OrderBy(from => _vouchers[from]).ThenBy(from => from, StringComparer.Ordinal);

    /// <summary>What can reach a key in a role on the best single way: never more than what reaches it, and quickly found.</summary>
    public int WidthOf(string key, string scope) => _seeds.Contains(key) ? Supply
        : Into(key, scope).Select(vouch => Math.Min(Math.Min(_widths[vouch.From], vouch.Capacity), CapacityAt[_vouchers[vouch.From] + 1])).DefaultIfEmpty().Max();

    /// <summary>Whether so much reaches a key in a role. A single way may already be as wide, or all that leads there too narrow: then nothing has to flow.</summary>
    public bool Reaches(string key, string scope, int amount) =>
        IsVouchedAs(key, scope) && (WidthOf(key, scope) >= amount || (Math.Min(CapacityAt[DepthOf(key, scope)], Into(key, scope).Sum(vouch => (long)vouch.Capacity)) >= amount && FlowTo(key, scope) >= amount));

    /// <summary>What reaches a key in a role.</summary>
    public int FlowTo(string key, string scope) => Flow([(key, Supply, key)], scope).Amount;

    /// <summary>What reaches some keys together.</summary>
    /// <param name="sinks">Keys, how much each can take in, and what that is for.</param>
    /// <param name="scope">In which role.</param>
    /// <returns>How much, and along which ways: the keys from the operator's narrator on.</returns>
    public (int Amount, IReadOnlyList<FlowPath> Paths) Flow(IReadOnlyCollection<(string Key, int Capacity, string For)> sinks, string scope = Auditor)
    {
        // What a network bounds for each role apart, and one for each key in all its roles: what flows obeys both.
        var apart = Flow(sinks, scope, isShared: false);
        var flow = apart.HasSeveralRoles && Flow(sinks, scope, isShared: true) is var shared && shared.Amount < apart.Amount ? shared : apart;
        return (flow.Amount, flow.Paths);
    }

    private (int Amount, IReadOnlyList<FlowPath> Paths, bool HasSeveralRoles) Flow(IReadOnlyCollection<(string Key, int Capacity, string For)> sinks, string scope, bool isShared)
    {
        var network = new FlowNetwork();
        var (source, sink) = (network.AddNode(), network.AddNode());
        var nodes = new Dictionary<(string Key, string Scope), (int In, int Out)>();
        var pairs = new Dictionary<(string From, string To), int>();
        var supplies = new Dictionary<string, int>(StringComparer.Ordinal);
        var joints = new Dictionary<string, (int In, int Out)>(StringComparer.Ordinal);
        var names = new Dictionary<int, string>();

        // Only what leads to a sink matters; going backwards from there keeps the network small in a large graph.
        var wanted = new Queue<(string Key, string Scope)>();
        foreach (var key in sinks.Select(entry => entry.Key).Where(key => _seeds.Contains(key) || IsVouchedAs(key, scope)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Node(key, scope);
        }

        while (wanted.TryDequeue(out var at))
        {
            _stop.ThrowIfCancellationRequested();
            foreach (var from in (_into.GetValueOrDefault(at.Key) ?? []).GroupBy(vouch => vouch.From, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                if (from.Where(vouch => vouch.Scope.Contains(at.Scope)).Select(vouch => vouch.Capacity).DefaultIfEmpty().Max() is > 0 and var capacity)
                {
                    network.AddEdge(Pair(from.Key, at.Key, from.Max(vouch => vouch.Capacity)), nodes[at].In, capacity);
                }
            }
        }

        foreach (var (key, capacity, reason) in sinks.Where(entry => nodes.ContainsKey((entry.Key, scope))).OrderBy(entry => entry.For, StringComparer.Ordinal))
        {
            var end = network.AddNode();
            names[end] = reason;
            network.AddEdge(nodes[(key, scope)].Out, end, capacity);
            network.AddEdge(end, sink, capacity);
        }

        var amount = network.Flow(source, sink, _stop);
        return (amount, [.. network.Paths(source, sink).Select(path => Path(path.Amount, [.. path.Nodes.Where(names.ContainsKey).Select(node => names[node])], scope))], joints.Count < nodes.Count);

        void Node(string key, string role)
        {
            var (entry, exit) = (network.AddNode(), network.AddNode());
            nodes[(key, role)] = (entry, exit);
            names[entry] = key;
            wanted.Enqueue((key, role));
            var capacity = CapacityAt[DepthOf(key, role)];
            var isMet = joints.TryGetValue(key, out var joint);
            if (!isMet)
            {
                joints[key] = joint = isShared ? (network.AddNode(), network.AddNode()) : default;
            }

            if (!isShared)
            {
                network.AddEdge(entry, exit, capacity);
            }
            else
            {
                network.AddEdge(entry, joint.In, capacity);
                network.AddEdge(joint.Out, exit, capacity);
                if (!isMet)
                {
                    network.AddEdge(joint.In, joint.Out, CapacityAt[new[] { scope, KeyVouch.Voucher }.Where(one => _seeds.Contains(key) || IsVouchedAs(key, one)).Min(one => DepthOf(key, one))]);
                }
            }

            if (_seeds.Contains(key))
            {
                if (!supplies.TryGetValue(key, out var supply))
                {
                    supplies[key] = supply = network.AddNode();
                    network.AddEdge(source, supply, Supply);
                }

                network.AddEdge(supply, entry, Supply);
            }
        }

        // Several vouches of one key for another carry together what the best of them does.
        int Pair(string from, string to, int capacity)
        {
            if (!nodes.ContainsKey((from, KeyVouch.Voucher)))
            {
                Node(from, KeyVouch.Voucher);
            }

            if (!pairs.TryGetValue((from, to), out var pair))
            {
                pairs[(from, to)] = pair = network.AddNode();
                network.AddEdge(nodes[(from, KeyVouch.Voucher)].Out, pair, capacity);
            }

            return pair;
        }
    }

    /// <summary>
    /// How many chains of narrators share nobody. An auditor whom the operator did not name has to be reached through vouchers that no other chain needs;
    /// only the operator's own vouchers serve any number of them.
    /// </summary>
    /// <param name="chains">For each chain its auditor, and the other narrators on the way to the author.</param>
    public int Independent(IEnumerable<IReadOnlyList<string>> chains)
    {
        var network = new FlowNetwork();
        var (source, sink) = (network.AddNode(), network.AddNode());
        var nodes = new Dictionary<string, (int In, int Out)>(StringComparer.Ordinal);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var edges = new HashSet<(int, int)>();
        foreach (var chain in chains.OrderBy(chain => string.Join(' ', chain), StringComparer.Ordinal))
        {
            Reach(chain[0], Auditor);
            for (var i = 0; i < chain.Count; i++)
            {
                Edge(Node(chain[i]).Out, i + 1 < chain.Count ? Node(chain[i + 1]).In : sink);
            }
        }

        return network.Flow(source, sink, _stop);

        (int In, int Out) Node(string key)
        {
            if (!nodes.TryGetValue(key, out var node))
            {
                nodes[key] = node = (network.AddNode(), network.AddNode());
                network.AddEdge(node.In, node.Out, 1);
            }

            return node;
        }

        void Edge(int from, int to)
        {
            if (edges.Add((from, to)))
            {
                network.AddEdge(from, to, 1);
            }
        }

        void Reach(string key, string role)
        {
            if (!reached.Add($"{role} {key}"))
            {
                return;
            }

            if (_seeds.Contains(key))
            {
                Edge(source, Node(key).In);
                return;
            }

            foreach (var from in Into(key, role).Select(vouch => vouch.From).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                Edge(_seeds.Contains(from) ? source : Node(from).Out, Node(key).In);
                if (!_seeds.Contains(from))
                {
                    Reach(from, KeyVouch.Voucher);
                }
            }
        }
    }

    private FlowPath Path(int amount, ImmutableArray<string> steps, string scope) => new(amount, steps)
    {
        Vouches = [.. Enumerable.Range(1, Math.Max(0, steps.Length - 2)).Select(i =>
            _into[steps[i]].Where(vouch => vouch.From == steps[i - 1]).OrderByDescending(vouch => vouch.Scope.Contains(i == steps.Length - 2 ? scope : KeyVouch.Voucher)).ThenByDescending(vouch => vouch.Capacity).ThenBy(vouch => vouch.Link, StringComparer.Ordinal).First().Link)],
    };

    private IEnumerable<KeyVouch> Into(string key, string scope) => (_into.GetValueOrDefault(key) ?? []).Where(vouch => vouch.Scope.Contains(scope));

    private int DepthOf(string key, string role) =>
        _seeds.Contains(key) ? 0 : role == KeyVouch.Voucher && _vouchers.TryGetValue(key, out var depth) ? depth : 1 + Into(key, role).Min(vouch => _vouchers[vouch.From]);

    private List<string> Expand(List<string> vouchers, ILookup<string, KeyVouch> byVoucher, int depth)
    {
        var next = new HashSet<string>(StringComparer.Ordinal);
        foreach (var voucher in vouchers.FindAll(voucher => _vouchers.TryAdd(voucher, depth)))
        {
            foreach (var vouch in byVoucher[voucher])
            {
                if (!_into.TryGetValue(vouch.To, out var into))
                {
                    _into[vouch.To] = into = [];
                }

                into.Add(vouch);
                if (vouch.PassesOn)
                {
                    if (!_vouchers.ContainsKey(vouch.To))
                    {
                        _widths[vouch.To] = Math.Max(_widths.GetValueOrDefault(vouch.To), Math.Min(Math.Min(_widths[voucher], vouch.Capacity), CapacityAt[depth + 1]));
                    }

                    next.Add(vouch.To);
                }
            }
        }

        return [.. next];
    }
}
