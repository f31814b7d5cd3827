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
    private const int Attempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly string? _store;
    private readonly string? _ledger;
    private readonly StateGuard? _guard;
    private readonly bool _ownsStore;
    private readonly ITrustDocuments? _shared;
    private readonly IReadOnlyList<(string Publisher, string Key)> _added;
    private readonly Lock _gate = new();

    /// <summary>What has no file.</summary>
    private TrustView _memory = new(TrustStore.Empty, TrustLedger.Empty);

    /// <param name="store">A trust store of Palyra's; null for that of the state.</param>
    /// <param name="root">The state directory; null keeps what has no file in memory.</param>
    /// <param name="guard">The guard of the state directory; null where it is read only.</param>
    /// <param name="added">Keys that options add.</param>
    /// <param name="shared">Where both are that several machines share; null for files.</param>
    public TrustFiles(string? store, StateRoot? root, StateGuard? guard, IReadOnlyList<(string Publisher, string Key)> added, ITrustDocuments? shared = null)
    {
        _shared = shared;
        _ownsStore = store is null && root is not null;
        _store = store ?? root?.TrustStore;
        _ledger = root?.TrustLedger;
        _guard = guard;
        _added = added;
        Seals = root is null ? () => default : guard is not null ? guard.Trust : () => StateGuard.TrustOf(root, null);
    }

    private Func<TrustSeals> Seals { get; }

    /// <exception cref="SkillStateException">A file is missing, damaged, or not the one that was written last.</exception>
    public TrustView Read() => WithAdded(Stored(isAlone: false).View);

    /// <summary>The same with what the key events of a package's publisher say; nothing of it is kept.</summary>
    /// <exception cref="SkillStateException">A file is missing, damaged, or not the one that was written last.</exception>
    /// <exception cref="Skills.SkillVerificationException">Two events were signed for one version.</exception>
    public TrustView WithEvents(SignedSkill skill, IReadOnlyCollection<KeyEvent> events, DateTimeOffset now) => Read().After(skill.Manifest.Publisher, events, now);

    /// <summary>Changes what is stored, in turn with other processes. The files are one or the other whole, whenever the process dies.</summary>
    /// <param name="change">Says what is to be stored, of what is stored and what options add; the same for nothing.</param>
    /// <exception cref="SkillStateException">A file cannot be read or written.</exception>
    public void Change(Func<TrustView, TrustView> change)
    {
        if (_shared is not null)
        {
            _shared.Change((store, ledger) =>
            {
                var shared = default(TrustView)!;
                Try(() => shared = new TrustView(TrustStore.Read(store), TrustLedger.Read(ledger)));
                return change(shared) is var changed && changed == shared ? null : Sized(changed.Store.Write(), changed.Ledger.Write());
            });
            return;
        }

        lock (_gate)
        {
            // The ledger first, whoever's the store is: all who write it meet there.
            using var turn = _ledger is null ? null : FileLock.Acquire(_ledger, Rule);
            using var second = _store is null || _ownsStore ? null : FileLock.Acquire(_store, Rule);
            var (before, seal) = Stored(isAlone: true);
            var after = change(before);
            if (after != before)
            {
                Write(before, after, seal);
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

    /// <summary>
    /// Writes both files whatever they are now: an operator's word after an alarm. Revocations and what must not go back are kept where the ledger is
    /// the one that was written last.
    /// </summary>
    /// <returns>Whether the ledger could be kept.</returns>
    /// <exception cref="SkillStateException">They cannot be written.</exception>
    public static bool Replace(StateRoot root, StateGuard guard, TrustStore store)
    {
        using var turn = FileLock.Acquire(root.TrustLedger, Rule);
        var isKept = false;
        Try(() =>
        {
            var (oldStore, oldLedger) = (BytesOrNone(root.TrustStore, TrustStore.MaxBytes), BytesOrNone(root.TrustLedger, TrustLedger.MaxBytes));
            var seals = guard.Trust();
            var actual = TrustSeal.Of(oldStore, oldLedger);
            isKept = actual.Ledger == seals.Now?.Ledger || actual.Ledger == seals.Next?.Ledger;
            var ledger = isKept ? TrustLedger.Read(oldLedger) with { Publishers = TrustLedger.Empty.Publishers } : TrustLedger.Empty;
            Seal(guard, actual, store.Write(), ledger.Write(), (storeBytes, ledgerBytes) =>
            {
                PrivateFiles.Replace(root.TrustLedger, ledgerBytes);
                PrivateFiles.Replace(root.TrustStore, storeBytes);
            });
        });
        return isKept;
    }

    /// <summary>The same for what a fleet shares. A ledger that cannot be read is lost, which is said.</summary>
    public static bool Replace(ITrustDocuments shared, TrustStore store)
    {
        var isKept = true;
        shared.Change((_, bytes) =>
        {
            var ledger = TrustLedger.Empty;
            try
            {
                ledger = TrustLedger.Read(bytes) with { Publishers = TrustLedger.Empty.Publishers };
            }
            catch (FormatException)
            {
                isKept = false;
            }

            return Sized(store.Write(), ledger.Write());
        });
        return isKept;
    }

    /// <param name="isAlone">Whether nobody else can write meanwhile.</param>
    private (TrustView View, TrustSeal Seal) Stored(bool isAlone)
    {
        if (_shared is not null)
        {
            try
            {
                var (store, ledger) = _shared.Read();
                return (new TrustView(TrustStore.Read(store), TrustLedger.Read(ledger)), default);
            }
            catch (FormatException e)
            {
                throw new SkillStateException(Rule, $"the trust store cannot be read: {e.Message}", e);
            }
        }

        if (_store is null && _ledger is null)
        {
            return (_memory, default);
        }

        try
        {
            var (store, ledger) = Files(isAlone);
            return (
                new TrustView(TrustStore.Read(store), _ledger is null ? _memory.Ledger : ledger.Length == 0 ? TrustLedger.Empty : TrustLedger.Read(ledger)),
                TrustSeal.Of(store, ledger));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new SkillStateException(Rule, $"the trust store cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads both files at one moment: whoever reads waits on no lock, so it looks again while somebody writes.</summary>
    private (byte[] Store, byte[] Ledger) Files(bool isAlone)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = _ledger is null ? default : Seals();
            var store = _store is null ? [] : Bytes(_store, TrustStore.MaxBytes);
            var ledger = _ledger is null || !File.Exists(_ledger) ? [] : Bytes(_ledger, TrustLedger.MaxBytes);
            var isStill = isAlone || _ledger is null || (before == Seals() && (before.Next is not { } next || IsWhole(before.Now, next, store, ledger)));
            if (isStill || attempt == Attempts)
            {
                if (_ownsStore && store.All(value => char.IsWhiteSpace((char)value)))
                {
                    throw new FormatException("it was emptied");
                }

                if (_ledger is not null)
                {
                    // A store that is Palyra's own is Palyra's to change; only the ledger beside it is sealed.
                    var actual = TrustSeal.Of(store, ledger);
                    before.Check(_ownsStore || before.Now is not { } now ? actual : actual with { Store = now.Store });
                }

                return (store, ledger);
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Whether both files are as they were, or both as they are going to be: a writer that died between the two notes is waited for by nobody.</summary>
    private bool IsWhole(TrustSeal? now, TrustSeal next, byte[] store, byte[] ledger)
    {
        var actual = TrustSeal.Of(store, ledger);
        return _ownsStore ? actual == now || actual == next : actual.Ledger == now?.Ledger || actual.Ledger == next.Ledger;
    }

    private void Write(TrustView before, TrustView after, TrustSeal seal) => Try(() =>
    {
        var changesStore = !after.Store.Write().AsSpan().SequenceEqual(before.Store.Write());
        if (_ledger is null)
        {
            _memory = after;
            if (_store is not null && changesStore)
            {
                PrivateFiles.Replace(_store, after.Store.Write());
            }

            return;
        }

        var guard = _guard ?? throw new InvalidOperationException("a state directory that is only read is not written");

        // Where the store is not ours, its part of the seal stays what it was.
        var kept = guard.Trust().Now is { } now ? now.Store : seal.Store;
        Seal(
            guard,
            _ownsStore ? seal : seal with { Store = kept },
            after.Store.Write(),
            after.Ledger.Write(),
            (store, ledger) =>
            {
                PrivateFiles.Replace(_ledger, ledger);
                if (changesStore)
                {
                    PrivateFiles.Replace(_store!, store);
                }
            },
            _ownsStore ? null : kept);
    });

    /// <summary>Notes what is there and what is going to be, writes, and notes what is.</summary>
    private static void Seal(StateGuard guard, TrustSeal now, byte[] store, byte[] ledger, Action<byte[], byte[]> write, string? storeSeal = null)
    {
        Sized(store, ledger);
        var next = TrustSeal.Of(store, ledger);
        next = storeSeal is null ? next : next with { Store = storeSeal };
        guard.SealTrust(now, next);
        write(store, ledger);
        guard.SealTrust(next, null);
    }

    private static (byte[] Store, byte[] Ledger) Sized(byte[] store, byte[] ledger) => store.Length <= TrustStore.MaxBytes && ledger.Length <= TrustLedger.MaxBytes
        ? (store, ledger)
        : throw new SkillStateException(Rule, "the trust store would become larger than it may be; revoked keys and old skills have to be forgotten first");

    private static byte[] BytesOrNone(string path, int most) => File.Exists(path) ? Bytes(path, most) : [];

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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SkillStateException(Rule, $"the trust store cannot be written: {e.Message}", e);
        }
    }
}
