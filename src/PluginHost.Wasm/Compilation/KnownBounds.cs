namespace PluginHost.Wasm.Compilation;

/// <summary>
/// What is known of addresses that were checked before on every way to this place, in terms of the guest's locals: from local
/// + delta on, so many bytes lie within the memory. A memory never shrinks, so only setting the local ends that. A check is
/// made to reach further for the sake of a later one where nothing could be observed between the two.
/// </summary>
internal sealed class KnownBounds(CilBuffer cil)
{
    /// <summary>Bounds the search.</summary>
    private const int MaxFacts = 16;

    /// <summary>
    /// How far a check is moved. Memories end a page below 4 GiB, so a sum of a valid address and less than that does not wrap.
    /// </summary>
    private const uint MaxReach = 4096;

    private readonly Dictionary<int, int> _assigned = [];
    private readonly List<Fact> _facts = [];
    private readonly List<Alias> _aliases = [];
    private int _assignments;
    private int _observedAt;

    public void Clear()
    {
        _facts.Clear();
        _aliases.Clear();
    }

    /// <summary>Something that others see, or another trap, may come before what follows.</summary>
    public void Observe() => _observedAt = cil.Instructions.Count;

    /// <summary>A local gets another value.</summary>
    public void Assign(int local)
    {
        _facts.RemoveAll(fact => fact.Local == local);
        _aliases.RemoveAll(alias => alias.Local == local || alias.Of == local);
        _assigned[local] = ++_assignments;
    }

    /// <summary>A local becomes the sum of another one, or of itself, and a number.</summary>
    public void Assign(int local, int of, uint delta)
    {
        if (local != of)
        {
            var (root, sum) = Root(of, delta);
            Assign(local);
            if (root != local && _aliases.Count < MaxFacts)
            {
                _aliases.Add(new Alias(local, root, sum));
            }

            return;
        }

        // What was local + n is now local + n - delta.
        Move(_facts, fact => fact.Local == local, fact => fact with { Delta = fact.Delta - delta });
        _aliases.RemoveAll(alias => alias.Local == local);
        Move(_aliases, alias => alias.Of == local, alias => alias with { Delta = alias.Delta - delta });
        _assigned[local] = ++_assignments;
    }

    public void Enter(Block block)
    {
        block.KnownAtEntry = [.. _facts];
        block.AssignmentsAtEntry = _assignments;
        Observe();
    }

    /// <summary>Where ways out of a block meet, what was known at its start still is, but of locals that were set since.</summary>
    public void Join(Block block)
    {
        Clear();
        _facts.AddRange(block.KnownAtEntry.Where(fact => _assigned.GetValueOrDefault(fact.Local) <= block.AssignmentsAtEntry));
        Observe();
    }

    /// <summary>Whether an access needs no check of its own.</summary>
    /// <param name="local">The local in its address.</param>
    /// <param name="delta">What is added to it, modulo 2^32.</param>
    /// <param name="end">Where the access ends, from there.</param>
    /// <param name="smallest">Bytes that the memory has at least.</param>
    public bool Covers(int local, uint delta, ulong end, ulong smallest)
    {
        (local, delta) = Root(local, delta);
        for (var i = 0; i < _facts.Count; i++)
        {
            var fact = _facts[i];
            var step = delta - fact.Delta;
            if (fact.Local != local || step >= MaxReach)
            {
                continue;
            }

            if (step + end <= fact.End)
            {
                return true;
            }

            if (fact.Check >= _observedAt && step + end <= smallest)
            {
                cil.SetBound(fact.Check, (long)(step + end));
                _facts[i] = fact with { End = step + end };
                return true;
            }
        }

        return false;
    }

    /// <summary>An access was checked.</summary>
    /// <param name="local">The local in its address.</param>
    /// <param name="delta">What is added to it, modulo 2^32.</param>
    /// <param name="end">Where the access ends, from there.</param>
    /// <param name="check">The position of the bound, or -1 where it is fixed.</param>
    public void Add(int local, uint delta, ulong end, int check)
    {
        (local, delta) = Root(local, delta);
        _facts.RemoveAll(fact => fact.Local == local && fact.Delta == delta);
        if (_facts.Count == MaxFacts)
        {
            _facts.RemoveAt(0);
        }

        _facts.Add(new Fact(local, delta, end, check));
    }

    private (int Local, uint Delta) Root(int local, uint delta)
    {
        foreach (var alias in _aliases)
        {
            if (alias.Local == local)
            {
                return (alias.Of, alias.Delta + delta);
            }
        }

        return (local, delta);
    }

    private static void Move<T>(List<T> items, Predicate<T> which, Func<T, T> change)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (which(items[i]))
            {
                items[i] = change(items[i]);
            }
        }
    }

    internal readonly record struct Fact(int Local, uint Delta, ulong End, int Check);

    /// <summary>A local that is the sum of another, which is no such sum itself, and a number.</summary>
    private readonly record struct Alias(int Local, int Of, uint Delta);
}
