using PluginHost.Logs;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;

namespace PluginHost.Library.Registries;

/// <summary>
/// Follows the log of a registry: the one that its timestamp names, at least as far as that knew it. Entries are believed once all of them, from the first on,
/// make the tree that the log signed.
/// </summary>
/// <param name="root">Where what was seen of logs is kept.</param>
/// <param name="rules">Which logs and witnesses count.</param>
/// <param name="time">The time.</param>
internal sealed class RegistryLogWatch(string root, ChainRules rules, TimeProvider time)
{
    /// <summary>Entries of a log that a host follows.</summary>
    public const int MaxEntries = 250_000;

    /// <summary>Bytes of an entry that is about a link; what is longer is none of ours.</summary>
    private const int MaxEntry = 2_048;

    private const long MaxCharacters = 128 * 1024 * 1024;

    /// <summary>Follows it, where the policy lists it.</summary>
    /// <returns>What it holds, and how many entries that is; null where nobody asked for this log.</returns>
    /// <exception cref="SkillVerificationException">It forked, is older than the registry says, or holds something else than it signed.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public async Task<(IReadOnlyCollection<string[]> Entries, long? Size)> FollowAsync(ILogFiles files, RegistryLogHead head, FollowedRegistry followed, CancellationToken cancellation)
    {
        var policy = rules.Logs;
        if (!policy.Logs.Any(log => log.Key.Name == head.Origin))
        {
            return followed.LogOrigin is { } before && policy.Logs.Any(log => log.Key.Name == before)
                ? throw LogRefusal.Form($"the registry names the log '{Hosting.Printable.Text(head.Origin)}', and '{Hosting.Printable.Text(before)}' was followed for it")
                : ([], null);
        }

        var sight = await new LogFollower(root, policy, time, rules.LogMaxAge).FollowAsync(files, cancellation).ConfigureAwait(false);
        var now = sight.Verdict.Checkpoint;
        if (now.Origin != head.Origin)
        {
            throw LogRefusal.Form($"the registry's log is '{Hosting.Printable.Text(head.Origin)}', and it shows '{Hosting.Printable.Text(now.Origin)}'");
        }

        if (now.Size < head.Size || now.Size > MaxEntries)
        {
            throw now.Size < head.Size ? LogRefusal.RolledBack($"the log shows {now.Size} entries, and the registry signed that it had {head.Size}")
                : LogRefusal.Form($"the log has {now.Size} entries, and one that a host follows has at most {MaxEntries}");
        }

        try
        {
            var reader = new LogReader(files, now.Size);
            if (!await IsBeforeAsync(head, now, reader, cancellation).ConfigureAwait(false))
            {
                throw LogRefusal.Consistency("the log does not continue the one that the registry's timestamp names");
            }

            var (known, tree) = followed.Log(now.Origin);
            if (tree.Size > now.Size)
            {
                throw LogRefusal.RolledBack($"the log shows {now.Size} entries, and {tree.Size} were read before");
            }

            var characters = 0L;
            await foreach (var (index, leaf) in reader.EntriesAsync(tree.Size, cancellation).ConfigureAwait(false))
            {
                tree.Add(MerkleTree.LeafHash(leaf));
                if (leaf.Length <= MaxEntry && SkillLogEntry.Read(leaf) is { IsWhole: true } entry)
                {
                    known.Add(WithheldFinder.Line(index, entry));
                    if ((characters += leaf.Length) > MaxCharacters)
                    {
                        throw LogRefusal.Form($"what the log holds is more than {MaxCharacters} characters");
                    }
                }
            }

            if (!tree.Root.AsSpan().SequenceEqual(now.Root))
            {
                throw LogRefusal.Consistency("the entries of the log do not make the tree that it signed");
            }

            followed.KeepLog(now.Origin, known, tree);
            return (known, now.Size);
        }
        catch (FormatException e)
        {
            throw LogRefusal.Of(e);
        }
    }

    private static async Task<bool> IsBeforeAsync(RegistryLogHead head, Checkpoint now, LogReader reader, CancellationToken cancellation)
    {
        if (head.Size == 0 || head.Size == now.Size)
        {
            return head.Size == 0 || head.Root == Convert.ToHexStringLower(now.Root);
        }

        var proof = await reader.ProveConsistencyAsync(head.Size, cancellation).ConfigureAwait(false);
        return MerkleTree.IsConsistent(head.Size, now.Size, Convert.FromHexString(head.Root), now.Root, proof);
    }
}
