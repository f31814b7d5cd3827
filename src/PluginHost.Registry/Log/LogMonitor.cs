using System.Runtime.CompilerServices;
using PluginHost.Logs;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Log;

/// <summary>Reads what is new in a log on behalf of somebody who has a name or a key to lose.</summary>
internal sealed class LogMonitor
{
    private const string Release = "https://in-toto.io/attestation/release/v0.1";
    private readonly Dictionary<(string Skill, string Version), string> _released = [];

    /// <summary>Keys that are known: a link of another under a watched name is an alert. Lower hexadecimal digits.</summary>
    public required IReadOnlySet<string> Keys { get; init; }

    /// <summary>Names that are watched: of a skill, or a publisher's, which its skills begin with.</summary>
    public required IReadOnlyCollection<string> Names { get; init; }

    /// <summary>Reads entries, each compared with the tree, and the tree with its checkpoint.</summary>
    /// <exception cref="FormatException">The log holds other entries than its tree says.</exception>
    /// <exception cref="SkillVerificationException">Its entries do not make the tree of its checkpoint: none of what was told is true of the log.</exception>
    public async IAsyncEnumerable<LogAlert> ReadAsync(LogReader reader, Checkpoint checkpoint, long from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var tree = new MerkleFrontier();

        // Whether a version was released twice shows only to whoever has seen all releases.
        await foreach (var (index, leaf) in reader.EntriesAsync(0, cancellation).ConfigureAwait(false))
        {
            tree.Add(MerkleTree.LeafHash(leaf));
            foreach (var alert in Look(index, leaf).Where(_ => index >= from))
            {
                yield return alert;
            }
        }

        if (!tree.Root.AsSpan().SequenceEqual(checkpoint.Root))
        {
            throw LogRefusal.Consistency("the entries of the log do not make the tree of its checkpoint");
        }
    }

    private IEnumerable<LogAlert> Look(long index, byte[] leaf)
    {
        if (SkillLogEntry.Read(leaf) is not { } entry)
        {
            yield return new LogAlert(index, "unreadable", $"{leaf.Length} bytes that are no entry of a link");
            yield break;
        }

        var (skill, by) = (Printable.Text($"{entry.Skill} {entry.Version}"), $"ed25519:{Printable.Text(entry.Key)}");
        var isRelease = entry.Kind == Release;
        if (isRelease && !_released.TryAdd((entry.Skill, entry.Version), entry.Payload) && _released[(entry.Skill, entry.Version)] != entry.Payload)
        {
            yield return new LogAlert(index, "version-reused", $"{skill} was released with another payload before");
        }

        if (!IsWatched(entry.Skill))
        {
            if (Keys.Contains(entry.Key))
            {
                yield return new LogAlert(index, "own-key", $"{by} signed a {Printable.Text(entry.Kind)} for {skill}");
            }

            yield break;
        }

        if (isRelease && !Keys.Contains(entry.Key))
        {
            yield return new LogAlert(index, "unknown-key", $"{skill} was released by {by}, which is not known here");
        }
        else
        {
            yield return new LogAlert(index, isRelease ? "released" : "attested", $"{skill}: {Printable.Text(entry.Kind)} by {by}");
        }
    }

    private bool IsWatched(string skill) => Names.Any(name => skill == name || skill.StartsWith(name + ".", StringComparison.Ordinal));
}
