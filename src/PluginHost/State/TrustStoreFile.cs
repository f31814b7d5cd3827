using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Trust;

namespace PluginHost.State;

/// <summary>
/// A trust store as a file, with keys that options add to it. Read anew for each decision, so that what an operator or
/// another process changed counts at once.
/// </summary>
/// <param name="path">Its file; null keeps pins in memory.</param>
/// <param name="added">Keys that options add.</param>
/// <param name="neverEmpty">Whether a file without content is damage: in a state directory one is never made so.</param>
internal sealed class TrustStoreFile(string? path, IReadOnlyList<(string Publisher, string Key)> added, bool neverEmpty = false)
{
    private readonly Lock _gate = new();

    /// <summary>Pins of a store without a file.</summary>
    private TrustStore _memory = TrustStore.Empty;

    /// <exception cref="SkillStateException">The file is missing or no trust store.</exception>
    public TrustStore Read() => WithAdded(Stored());

    /// <summary>Keeps a first use. Whoever pinned the publisher meanwhile is heard.</summary>
    /// <exception cref="SkillVerificationException">Another key was pinned or listed meanwhile.</exception>
    /// <exception cref="SkillStateException">The file cannot be written.</exception>
    public void Pin(SkillSignature signature)
    {
        lock (_gate)
        {
            using var turn = path is null ? null : FileLock.Acquire(path, "trust-store");
            var stored = Stored();
            if (WithAdded(stored).Decide(signature, allowFirstUse: true) == TrustDecision.NewlyPinned)
            {
                Write(stored.WithPin(signature));
            }
        }
    }

    private TrustStore WithAdded(TrustStore store)
    {
        foreach (var (publisher, key) in added)
        {
            store = store.With(publisher, key);
        }

        return store;
    }

    private TrustStore Stored()
    {
        if (path is null)
        {
            return _memory;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Math.Min(file.Length, TrustStore.MaxBytes + 1L)];
            file.ReadExactly(bytes);
            return neverEmpty && bytes.All(value => char.IsWhiteSpace((char)value))
                ? throw new FormatException("it was emptied")
                : TrustStore.Read(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new SkillStateException("trust-store", $"the trust store cannot be read: {e.Message}", e);
        }
    }

    private void Write(TrustStore store)
    {
        if (path is null)
        {
            _memory = store;
            return;
        }

        try
        {
            PrivateFiles.Replace(path, store.Write());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("trust-store", $"the trust store cannot be written: {e.Message}", e);
        }
    }
}
