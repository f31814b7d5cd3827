namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Instructions that run together, charged as one where the first of them stands; what lies between them may run or not. A way
/// out of their middle gives back what it has skipped.
/// </summary>
/// <param name="price">The price to set in <see cref="CilBuffer"/>.</param>
internal sealed class FuelBlock(int price)
{
    private readonly List<FuelBlock> _leftBy = [];
    private long _skipped;

    /// <summary>Fuel for the instructions so far.</summary>
    public long Cost { get; private set; }

    public void Add(long cost) => Cost += cost;

    /// <summary>A way out of the middle of this block, for which another is charged, does not come back into it.</summary>
    public void LeaveTo(FuelBlock other) => _leftBy.Add(other);

    /// <summary>Whoever is charged for this block has skipped so much of another.</summary>
    public void Skip(long cost) => _skipped += cost;

    /// <summary>Sets the price. Blocks are closed in the order in which they were opened.</summary>
    public void Close(CilBuffer cil)
    {
        cil.AddPrice(price, Cost - _skipped);

        // What this block's own end skips is not skipped by those that left before.
        _leftBy.ForEach(other => other._skipped -= _skipped);
    }
}
