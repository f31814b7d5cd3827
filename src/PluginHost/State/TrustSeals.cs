namespace PluginHost.State;

/// <summary>
/// What the files of trust have to be: as they were written last, or, while they are being written, as they are going to be. A process that dies
/// between two files leaves each of them one or the other.
/// </summary>
/// <param name="Now">As they were written last; null where they never were sealed.</param>
/// <param name="Next">As they are going to be; null where nobody writes.</param>
internal readonly record struct TrustSeals(TrustSeal? Now, TrustSeal? Next)
{
    /// <exception cref="SkillStateException">The files are neither.</exception>
    public void Check(TrustSeal actual)
    {
        if (Now is { } now && ((actual.Store != now.Store && actual.Store != Next?.Store) || (actual.Ledger != now.Ledger && actual.Ledger != Next?.Ledger)))
        {
            throw new SkillStateException(
                "trust-changed", "the trust store is not the one that was written last: it was edited, emptied or put back from a copy; 'pluginhost trust init' replaces it, on record");
        }
    }
}
