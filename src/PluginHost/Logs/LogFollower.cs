using System.Globalization;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Logs;

/// <summary>
/// Follows logs from checkpoint to checkpoint. What was seen once has to be continued; where it is not, both sides are kept as evidence and nothing of that
/// log is believed any more until a person has looked.
/// </summary>
/// <param name="folder">Where what was seen is kept.</param>
/// <param name="policy">Whose logs and witnesses count.</param>
/// <param name="time">The time.</param>
/// <param name="maxAge">How long ago the last witness may have cosigned; null for any time.</param>
internal sealed class LogFollower(string folder, LogPolicy policy, TimeProvider time, TimeSpan? maxAge = null)
{
    private const int MaxNumber = 32;
    private readonly LogMemory _memory = new(folder);

    /// <summary>The checkpoint of a log that was seen last; null for none.</summary>
    /// <exception cref="SkillVerificationException">The log forked, or the file is damaged.</exception>
    public Note? LastOf(string origin)
    {
        if (_memory.IsForked(origin))
        {
            throw LogRefusal.Fork($"the log '{Printable.Text(origin)}' showed two trees that cannot both be; the evidence lies in '{_memory.ForkOf(origin)}'");
        }

        try
        {
            return _memory.NoteOf(origin);
        }
        catch (FormatException e)
        {
            throw LogRefusal.Form($"what was seen of the log cannot be used: {e.Message}");
        }
    }

    /// <summary>How many entries of a log somebody who watches it was told of; null for none yet.</summary>
    public long? ToldOf(string origin)
    {
        try
        {
            return Checkpoint.Number(Encoding.ASCII.GetString(BoundedFile.Read(ToldPathOf(origin), MaxNumber)).AsSpan().TrimEnd('\n')) ?? throw LogRefusal.Form($"'{ToldPathOf(origin)}' holds no number");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Remembers that somebody was told of all entries of a tree.</summary>
    public void Told(Checkpoint checkpoint) => PrivateFiles.Replace(ToldPathOf(checkpoint.Origin), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Size}\n")));

    private string ToldPathOf(string origin) => Path.ChangeExtension(_memory.PathOf(origin), ".told");

    /// <summary>Fetches the log's checkpoint and follows it.</summary>
    /// <exception cref="SkillVerificationException">It is not signed as the policy wants, is older than one that was seen, or does not continue it.</exception>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public async Task<LogSight> FollowAsync(ILogFiles files, CancellationToken cancellation)
    {
        var bytes = await files.FindAsync(LogTile.Checkpoint, Note.MaxBytes, cancellation).ConfigureAwait(false) ?? throw LogRefusal.Form("the log has no checkpoint");
        try
        {
            var note = Note.Read(bytes);
            var verdict = policy.Judge(note, time.GetUtcNow());
            Demand(verdict);
            PrivateFiles.CreateDirectory(folder);
            using var turn = FileLock.Acquire(_memory.PathOf(verdict.Checkpoint.Origin), "log");
            var last = LastOf(verdict.Checkpoint.Origin);
            var before = last is null ? null : Checkpoint.Read(last.Text);
            if (before is not null)
            {
                await CheckAsync(last!, before, note, verdict.Checkpoint, files, cancellation).ConfigureAwait(false);
            }

            await ReconcileAsync(note, verdict.Checkpoint, files, cancellation).ConfigureAwait(false);
            if (before is null || before.Size < verdict.Checkpoint.Size)
            {
                PrivateFiles.Replace(_memory.PathOf(verdict.Checkpoint.Origin), Encoding.UTF8.GetBytes(note.ToString()));
            }

            // What was seen is kept, and a fork is one, however old it is.
            DemandFresh(verdict, time.GetUtcNow(), maxAge);
            return new LogSight(note, verdict, before?.Size);
        }
        catch (FormatException e)
        {
            throw LogRefusal.Of(e);
        }
    }

    /// <exception cref="SkillVerificationException">The policy does not take it.</exception>
    public static void Demand(LogVerdict verdict)
    {
        if (verdict.Log is null)
        {
            throw LogRefusal.Signature($"no log that the policy lists under '{Printable.Text(verdict.Checkpoint.Origin)}' signed the checkpoint");
        }

        if (!verdict.HasQuorum)
        {
            throw LogRefusal.Signature($"too few witnesses cosigned the checkpoint of '{Printable.Text(verdict.Checkpoint.Origin)}': {(verdict.Witnesses.IsEmpty ? "none" : string.Join(", ", verdict.Witnesses))}");
        }
    }

    /// <summary>A log that nobody cosigned of late may be one that somebody holds back.</summary>
    /// <exception cref="SkillVerificationException">The last cosignature is older.</exception>
    public static void DemandFresh(LogVerdict verdict, DateTimeOffset now, TimeSpan? maxAge)
    {
        if (maxAge is { } most && !(verdict.CosignedAt >= now - most))
        {
            throw LogRefusal.Stale($"the checkpoint of '{Printable.Text(verdict.Checkpoint.Origin)}' {(verdict.CosignedAt is { } last ? $"was cosigned last at {last:u}" : "was cosigned by no witness")}, and that may be {most.TotalHours:0.##} hours ago at most");
        }
    }

    private async Task CheckAsync(Note last, Checkpoint before, Note note, Checkpoint now, ILogFiles files, CancellationToken cancellation)
    {
        if (now.Size < before.Size)
        {
            // It may be an older copy, or another tree: the log tells which, once it shows all of it again.
            _memory.Remember(note);
            throw LogRefusal.RolledBack($"the log '{Printable.Text(now.Origin)}' shows {now.Size} entries, and had {before.Size} before");
        }

        if (now.Size == before.Size)
        {
            if (!now.IsSameTree(before))
            {
                Keep(last, note, []);
                throw Forked(now, before);
            }

            return;
        }

        if (before.Size == 0)
        {
            return;
        }

        var (shown, proof) = await ShownAsync(before.Size, now, files, cancellation).ConfigureAwait(false);
        if (!shown.AsSpan().SequenceEqual(before.Root))
        {
            Keep(last, note, proof);
            throw Forked(now, before);
        }
    }

    /// <summary>Holds checkpoints that proofs brought against the log. Those that are larger than it wait on.</summary>
    private async Task ReconcileAsync(Note note, Checkpoint now, ILogFiles files, CancellationToken cancellation)
    {
        foreach (var waiting in _memory.WaitingOf(now.Origin))
        {
            var then = Checkpoint.Read(waiting.Text);
            if (then.Size > now.Size)
            {
                continue;
            }

            var (shown, proof) = then.Size == now.Size ? (now.Root, [])
                : then.Size == 0 ? (MerkleTree.EmptyRoot, [])
                : await ShownAsync(then.Size, now, files, cancellation).ConfigureAwait(false);
            if (!shown.AsSpan().SequenceEqual(then.Root))
            {
                Keep(waiting, note, proof);
                throw Forked(now, then);
            }

            _memory.Reconciled(waiting);
        }
    }

    /// <summary>
    /// The root of the first leaves, from the log's own tiles, which are held against its checkpoint: what then differs from what was seen was signed by the
    /// log, both times.
    /// </summary>
    private static async Task<(byte[] Root, IReadOnlyList<byte[]> Proof)> ShownAsync(long size, Checkpoint now, ILogFiles files, CancellationToken cancellation)
    {
        var reader = new LogReader(files, now.Size);
        var shown = await reader.RootAsync(size, cancellation).ConfigureAwait(false);
        var proof = await reader.ProveConsistencyAsync(size, cancellation).ConfigureAwait(false);
        return MerkleTree.IsConsistent(size, now.Size, shown, now.Root, proof)
            ? (shown, proof)
            : throw LogRefusal.Consistency($"the tiles of '{Printable.Text(now.Origin)}' do not make the tree of its checkpoint");
    }

    /// <summary>Both notes, and the proof that the later one does not continue the earlier one: whoever has the log's key can check it.</summary>
    private void Keep(Note last, Note note, IReadOnlyList<byte[]> proof)
    {
        var origin = Checkpoint.Read(last.Text).Origin;
        var place = $"{_memory.ForkOf(origin)}.{Guid.NewGuid():n}.tmp";
        PrivateFiles.CreateDirectory(place);
        PrivateFiles.Replace(Path.Combine(place, "seen-before"), Encoding.UTF8.GetBytes(last.ToString()));
        PrivateFiles.Replace(Path.Combine(place, "seen-now"), Encoding.UTF8.GetBytes(note.ToString()));
        PrivateFiles.Replace(Path.Combine(place, "proof"), Encoding.ASCII.GetBytes(string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n"))));
        PrivateFiles.Replace(Path.Combine(place, "when"), Encoding.ASCII.GetBytes(time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture) + "\n"));
        Directory.Move(place, _memory.ForkOf(origin));
    }

    private SkillVerificationException Forked(Checkpoint now, Checkpoint before) => LogRefusal.Fork(
        $"the log '{Printable.Text(now.Origin)}' signed a tree of {now.Size} entries that does not continue the one of {before.Size} that was seen before; both are kept in '{_memory.ForkOf(now.Origin)}'");
}
