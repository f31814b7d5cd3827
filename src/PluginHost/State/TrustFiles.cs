using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Trust;

namespace PluginHost.State;

/// <summary>
/// Whom this host trusts: Palyra's trust store and the ledger beside it, with keys that options add. Read anew for each decision, so that what an
/// operator or another process changed counts at once. In a state directory both are sealed: what somebody else wrote is an alarm.
/// </summary>
internal sealed class TrustFiles
{
    private const string Rule = "trust-store";
    private readonly string? _store;
    private readonly string? _ledger;
    private readonly StateGuard? _guard;
    private readonly bool _ownsStore;
    private readonly IReadOnlyList<(string Publisher, string Key)> _added;
    private readonly Lock _gate = new();

    /// <summary>What has no file.</summary>
    private TrustView _memory = new(TrustStore.Empty, TrustLedger.Empty);

    /// <param name="store">A trust store of Palyra's; null for that of the state.</param>
    /// <param name="root">The state directory; null keeps what has no file in memory.</param>
    /// <param name="guard">The guard of the state directory; null where it is read only.</param>
    /// <param name="added">Keys that options add.</param>
    public TrustFiles(string? store, StateRoot? root, StateGuard? guard, IReadOnlyList<(string Publisher, string Key)> added)
    {
        _ownsStore = store is null && root is not null;
        _store = store ?? root?.TrustStore;
        _ledger = root?.TrustLedger;
        _guard = guard;
        _added = added;
        Seals = root is null ? () => default : guard is not null ? guard.Trust : () => StateGuard.TrustOf(root, null);
    }

    private Func<TrustSeals> Seals { get; }

    /// <exception cref="SkillStateException">A file is missing, damaged, or not the one that was written last.</exception>
    public TrustView Read() => WithAdded(Stored());

    /// <summary>The same with what the key events of a package's publisher say; nothing of it is kept.</summary>
    /// <exception cref="SkillStateException">A file is missing, damaged, or not the one that was written last.</exception>
    /// <exception cref="Skills.SkillVerificationException">Two events were signed for one version.</exception>
    public TrustView WithEvents(SignedSkill skill, IReadOnlyCollection<KeyEvent> events, DateTimeOffset now) => Read().After(skill.Manifest.Publisher, events, now);

    /// <summary>Changes what is stored, in turn with other processes. The files are one or the other whole, whenever the process dies.</summary>
    /// <param name="change">Says what is to be stored, of what is stored and what options add; the same for nothing.</param>
    /// <exception cref="SkillStateException">A file cannot be read or written.</exception>
    public void Change(Func<TrustView, TrustView> change)
    {
        lock (_gate)
        {
            using var turn = _store is null ? null : FileLock.Acquire(_store, Rule);
            using var second = _ledger is null || _ownsStore ? null : FileLock.Acquire(_ledger, Rule);
            var before = Stored();
            var after = change(before);
            if (after != before)
            {
                Write(before, after);
            }
        }
    }

    /// <summary>The same view with the keys that options add: listed ones, which are never stored.</summary>
    public TrustView WithAdded(TrustView view)
    {
        var store = view.Store;
        foreach (var (publisher, key) in _added)
        {
            store = store.With(publisher, key);
        }

        return view with { Store = store };
    }

    /// <summary>Writes both files whatever they are now: an operator's word after an alarm.</summary>
    /// <exception cref="SkillStateException">They cannot be written.</exception>
    public static TrustSeal? Replace(StateRoot root, StateGuard guard, TrustView view)
    {
        using var turn = FileLock.Acquire(root.TrustStore, Rule);
        var before = guard.Trust().Now;
        Try(() =>
        {
            var (store, ledger) = (view.Store.Write(), view.Ledger.Write());
            guard.SealTrust(default, TrustSeal.Of(store, ledger));
            PrivateFiles.Replace(root.TrustLedger, ledger);
            PrivateFiles.Replace(root.TrustStore, store);
            guard.SealTrust(TrustSeal.Of(store, ledger), null);
        });
        return before;
    }

    private TrustView Stored()
    {
        if (_store is null && _ledger is null)
        {
            return _memory;
        }

        try
        {
            var store = _store is null ? [] : Bytes(_store, TrustStore.MaxBytes);
            var ledger = _ledger is null || !File.Exists(_ledger) ? [] : Bytes(_ledger, TrustLedger.MaxBytes);
            if (_ownsStore && store.All(value => char.IsWhiteSpace((char)value)))
            {
                throw new FormatException("it was emptied");
            }

            if (_ledger is not null)
            {
                Check(store, ledger);
            }

            return new TrustView(
                TrustStore.Read(store),
                _ledger is null ? _memory.Ledger : ledger.Length == 0 ? TrustLedger.Empty : TrustLedger.Read(ledger));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new SkillStateException(Rule, $"the trust store cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A store that is Palyra's own is Palyra's to change; only the ledger beside it is sealed.</summary>
    private void Check(byte[] store, byte[] ledger)
    {
        var seals = Seals();
        var actual = TrustSeal.Of(store, ledger);
        seals.Check(_ownsStore || seals.Now is not { } now ? actual : actual with { Store = now.Store });
    }

    private void Write(TrustView before, TrustView after) => Try(() =>
    {
        if (_ledger is null)
        {
            _memory = after;
            if (_store is not null && !after.Store.Write().AsSpan().SequenceEqual(before.Store.Write()))
            {
                PrivateFiles.Replace(_store, after.Store.Write());
            }

            return;
        }

        var guard = _guard ?? throw new InvalidOperationException("a state directory that is only read is not written");
        var (store, ledger) = (after.Store.Write(), after.Ledger.Write());
        var (now, next) = (guard.Trust().Now, TrustSeal.Of(store, ledger));
        next = _ownsStore ? next : next with { Store = now?.Store ?? next.Store };
        guard.SealTrust(now, next);
        PrivateFiles.Replace(_ledger, ledger);
        if (!store.AsSpan().SequenceEqual(before.Store.Write()) || _ownsStore)
        {
            PrivateFiles.Replace(_store!, store);
        }

        guard.SealTrust(next, null);
    });

    private static byte[] Bytes(string path, int most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > most)
        {
            throw new FormatException($"'{Path.GetFileName(path)}' has more than {most} bytes");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the trust store cannot be written: {e.Message}", e);
        }
    }
}
