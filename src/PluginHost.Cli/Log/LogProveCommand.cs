using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Logs;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Log;

/// <summary><c>log prove</c>: makes the proof that an entry stands in a log.</summary>
internal static class LogProveCommand
{
    public static Command Create()
    {
        var log = LogFlags.Log();
        var index = new Option<long?>("--index") { Description = "Where the entry stands.", HelpName = "N" };
        var entry = new Option<string?>("--entry") { Description = "A file with the entry: it is looked for.", HelpName = "FILE" };
        var link = new Option<string?>("--link") { Description = "Id of a link: its entry is looked for.", HelpName = "ID" };
        var output = new Option<string?>("--output") { Description = "File of the proof; printed without it.", HelpName = "FILE" };
        var (policy, roots, json) = (LogFlags.Policy(), LogFlags.Roots(), CommandOutput.JsonOption());
        var command = new Command("prove", "Make the proof that an entry stands in a log, to be checked without asking anybody.") { log, index, entry, link, output, policy, roots, json };
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(json), async () =>
        {
            if (new object?[] { parse.GetValue(index), parse.GetValue(entry), parse.GetValue(link) }.Count(given => given is not null) != 1)
            {
                throw new CommandError(ExitCode.Usage, "usage.entry", "exactly one of --index, --entry and --link is needed");
            }

            var files = LogFlags.Files(parse.GetRequiredValue(log), parse.GetValue(roots));
            using var disposing = files as IDisposable;
            var (note, checkpoint) = await LogFlags.CheckpointAsync(files, parse.GetValue(policy) is { } file ? LogFlags.ReadPolicy(file) : null).ConfigureAwait(false);
            var reader = new LogReader(files, checkpoint.Size);
            var wanted = parse.GetValue(entry) is { } content ? InputFiles.Read(content, SkillLogEntry.MaxBytes) : null;
            var at = parse.GetValue(index) ?? await FindAsync(reader, leaf => wanted is not null ? leaf.AsSpan().SequenceEqual(wanted) : SkillLogEntry.Read(leaf)?.Link == parse.GetValue(link)).ConfigureAwait(false)
                ?? throw LogRefusal.Inclusion("the log holds no such entry");
            var made = new LogProof(at, await reader.ProveAsync(at, CancellationToken.None).ConfigureAwait(false), note, null);
            if (!made.Proves(await LeafAsync(reader, at).ConfigureAwait(false)))
            {
                throw LogRefusal.Consistency("the tiles of the log do not make the tree of its checkpoint: they prove nothing");
            }

            var proof = made.ToString();
            if (parse.GetValue(output) is { } path)
            {
                OutputFile.Write(path, Encoding.UTF8.GetBytes(proof));
            }

            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["origin"] = checkpoint.Origin, ["size"] = checkpoint.Size, ["index"] = at, ["proof"] = proof });
            }
            else if (parse.GetValue(output) is null)
            {
                parse.InvocationConfiguration.Output.Write(proof);
            }
            else
            {
                parse.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {parse.GetValue(output)}: entry {at} of {checkpoint.Size}"));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static async Task<byte[]> LeafAsync(LogReader reader, long index)
    {
        await foreach (var (_, entry) in reader.EntriesAsync(index, CancellationToken.None).ConfigureAwait(false))
        {
            return MerkleTree.LeafHash(entry);
        }

        throw LogRefusal.Inclusion("the log holds no such entry");
    }

    private static async Task<long?> FindAsync(LogReader reader, Predicate<byte[]> wanted)
    {
        await foreach (var (index, leaf) in reader.EntriesAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            if (wanted(leaf))
            {
                return index;
            }
        }

        return null;
    }
}
