using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Cli.Attest;
using PluginHost.Cli.Keys;
using PluginHost.Logs;
using PluginHost.Hosting;
using PluginHost.Registry.Log;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Log;

/// <summary><c>log append</c>: puts entries into a log, the links of a package's chain for instance, and shows the new tree to everybody.</summary>
internal static class LogAppendCommand
{
    private const int MaxEntries = 100_000;
    private const string BundleExtension = ".intoto.jsonl";

    public static Command Create()
    {
        var folder = new Argument<string>("directory") { Description = "The log's directory." };
        var packages = new Option<string[]>("--artifact") { Description = "File of a package: each link of the bundle beside it that is signed is an entry, and its proof is written to attestations.tlog beside it.", HelpName = "FILE" };
        var entries = new Option<string[]>("--entry") { Description = "A file that is an entry.", HelpName = "FILE" };
        var lines = new Option<string?>("--lines") { Description = "A file of which each line is an entry.", HelpName = "FILE" };
        var policy = LogFlags.Policy();
        policy.Description = "A policy (c2sp.org/tlog-policy) whose witnesses are asked to cosign.";
        var (key, passphrase, json) = (LogFlags.KeyFile("the log's"), Passphrase.Option(), CommandOutput.JsonOption());
        var command = new Command("append", "Append entries to a log, sign its tree, and have witnesses cosign it.") { folder, packages, entries, lines, policy, key, passphrase, json };
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(json), async () =>
        {
            var witnesses = parse.GetValue(policy) is { } file ? LogFlags.ReadPolicy(file) : LogPolicy.Empty;
            var links = (parse.GetValue(packages) ?? []).SelectMany(Links).ToList();
            List<ReadOnlyMemory<byte>> leaves =
            [
                .. links.Select(link => (ReadOnlyMemory<byte>)link.Entry.Bytes),
                .. (parse.GetValue(entries) ?? []).Select(entry => (ReadOnlyMemory<byte>)InputFiles.Read(entry, SkillLogEntry.MaxBytes, "log.entry")),
                .. parse.GetValue(lines) is { } list ? Lines(InputFiles.Read(list, int.MaxValue / 2)) : [],
            ];
            if (leaves.Count > MaxEntries)
            {
                throw new CommandError(ExitCode.Usage, "usage.lines", $"at most {MaxEntries} entries are appended at once");
            }

            using var signer = LogFlags.ReadKey(parse.GetRequiredValue(key), parse.GetValue(passphrase));
            using var log = LogWriter.Open(parse.GetRequiredValue(folder), parse.GetRequiredValue(key), signer);
            var first = log.Checkpoint.Size;
            var note = log.Append(leaves);
            var files = new DirectoryLogFiles(parse.GetRequiredValue(folder));
            note = await WitnessClient.CosignAsync(note, files, witnesses.Witnesses, parse.InvocationConfiguration.Error.WriteLine, CancellationToken.None).ConfigureAwait(false);
            log.Publish(note);
            for (var i = 0; i < links.Count; i++)
            {
                await ProveAsync(links[i].Package, links[i].Entry.Link, first + i, new LogReader(files, log.Checkpoint.Size), note).ConfigureAwait(false);
            }

            Report(parse, parse.GetValue(json), log.Checkpoint, first, leaves.Count, note);
            return ExitCode.Done;
        }));
        return command;
    }

    /// <summary>Each line is an entry, an empty one, too; what ends with a line feed has none behind it.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> list)
    {
        for (var rest = list; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            yield return end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    /// <summary>Links beside a package that are not proven yet.</summary>
    private static IEnumerable<(string Package, SkillLogEntry Entry)> Links(string package)
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(InputFiles.Read(package, ArchiveLimits.TotalBytes)));
        foreach (var link in AttestBundle.LinksOf(InputFiles.Read(package + BundleExtension, EvidenceBundle.MaxBytes)).DistinctBy(link => link.Id).Where(link => link.Payloads.Contains(skill.Artifact.Payload)))
        {
            if (ChainInspection.EntryOf(link, skill) is { IsWhole: true } entry && !File.Exists(PathOf(package, entry.Link)))
            {
                yield return (package, entry);
            }
        }
    }

    private static async Task ProveAsync(string package, string link, long index, LogReader reader, Note note)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(package, link))!);
        OutputFile.Write(PathOf(package, link), Encoding.UTF8.GetBytes(new LogProof(index, await reader.ProveAsync(index, CancellationToken.None).ConfigureAwait(false), note, null).ToString()));
    }

    private static string PathOf(string package, string link) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(package))!, LinkProof.Folder, link + LogProof.Extension);

    private static void Report(ParseResult parse, bool json, Checkpoint checkpoint, long first, int count, Note note)
    {
        var cosigned = note.Signatures.Count - 1;
        if (json)
        {
            CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["origin"] = checkpoint.Origin, ["size"] = checkpoint.Size, ["first"] = first, ["appended"] = count, ["cosignatures"] = cosigned, ["root"] = Convert.ToBase64String(checkpoint.Root) });
            return;
        }

        parse.InvocationConfiguration.Output.WriteLine(Printable.Text(string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin}: {count} entries from {first} on, {checkpoint.Size} now; cosigned by {cosigned}")));
    }
}
