using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Logs;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Log;

/// <summary><c>log verify</c>: checks a proof without asking anybody, or all of a log.</summary>
internal static class LogVerifyCommand
{
    public static Command Create()
    {
        var log = new Argument<string>("what") { Description = "A proof (FILE.tlog-proof), or a log: its directory, or its address (https)." };
        var entry = new Option<string?>("--entry") { Description = "For a proof: a file with the entry.", HelpName = "FILE" };
        var seen = new Option<string?>("--seen") { Description = "For a log: where what was seen of it is kept, so that it cannot go back or fork.", HelpName = "DIR" };
        var (policy, age, roots, json) = (LogFlags.Policy(required: true), LogFlags.MaxAge(), LogFlags.Roots(), CommandOutput.JsonOption());
        var command = new Command("verify", "Check a proof without asking anybody, or every entry of a log against its tree.") { log, entry, seen, policy, age, roots, json };
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(json), async () =>
        {
            var rules = LogFlags.ReadPolicy(parse.GetValue(policy)!);
            var maxAge = LogFlags.ReadMaxAge(parse.GetValue(age));
            var what = parse.GetRequiredValue(log);
            var (verdict, index) = what.Contains("://", StringComparison.Ordinal) || Directory.Exists(what)
                ? (await AllAsync(what, parse.GetValue(roots), parse.GetValue(seen), rules, maxAge).ConfigureAwait(false), (long?)null)
                : Proof(what, parse.GetValue(entry) ?? throw new CommandError(ExitCode.Usage, "usage.entry", "a proof is about an entry: --entry FILE"), rules, maxAge);
            var checkpoint = verdict.Checkpoint;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject
                {
                    ["origin"] = checkpoint.Origin,
                    ["size"] = checkpoint.Size,
                    ["root"] = Convert.ToBase64String(checkpoint.Root),
                    ["index"] = index,
                    ["witnesses"] = new JsonArray([.. verdict.Witnesses.Select(witness => (JsonNode)witness)]),
                    ["cosigned_at"] = verdict.CosignedAt?.UtcDateTime,
                });
                return ExitCode.Done;
            }

            var witnesses = verdict.Witnesses.IsEmpty ? "no witness" : $"{string.Join(", ", verdict.Witnesses)} at {verdict.CosignedAt:u}";
            parse.InvocationConfiguration.Output.WriteLine(Printable.Text(index is null
                ? $"{checkpoint.Origin}: {checkpoint.Size} entries as its tree says; cosigned by {witnesses}"
                : $"entry {index} of {checkpoint.Size} in {checkpoint.Origin}; cosigned by {witnesses}"));
            return ExitCode.Done;
        }));
        return command;
    }

    private static (LogVerdict Verdict, long? Index) Proof(string file, string entry, LogPolicy policy, TimeSpan? maxAge)
    {
        var proof = LogProof.Read(InputFiles.Read(file, LogProof.MaxBytes, "log.form"));
        var verdict = policy.Judge(proof.Note, DateTimeOffset.UtcNow);
        LogFollower.Demand(verdict);
        LogFollower.DemandFresh(verdict, DateTimeOffset.UtcNow, maxAge);
        return proof.Proves(MerkleTree.LeafHash(InputFiles.Read(entry, SkillLogEntry.MaxBytes, "log.entry"))) ? (verdict, proof.Index) : throw LogRefusal.Inclusion("the proof does not show that the entry stands there");
    }

    private static async Task<LogVerdict> AllAsync(string log, string? roots, string? seen, LogPolicy policy, TimeSpan? maxAge)
    {
        var files = LogFlags.Files(log, roots);
        using var disposing = files as IDisposable;
        var verdict = seen is null
            ? policy.Judge((await LogFlags.CheckpointAsync(files, policy).ConfigureAwait(false)).Note, DateTimeOffset.UtcNow)
            : (await new LogFollower(seen, policy, TimeProvider.System).FollowAsync(files, CancellationToken.None).ConfigureAwait(false)).Verdict;
        LogFollower.DemandFresh(verdict, DateTimeOffset.UtcNow, maxAge);
        var tree = new MerkleFrontier();
        var reader = new LogReader(files, verdict.Checkpoint.Size);
        await foreach (var (_, leaf) in reader.EntriesAsync(0, CancellationToken.None).ConfigureAwait(false))
        {
            tree.Add(MerkleTree.LeafHash(leaf));
        }

        if (!tree.Root.AsSpan().SequenceEqual(verdict.Checkpoint.Root))
        {
            throw LogRefusal.Consistency("the entries of the log do not make the tree of its checkpoint");
        }

        await reader.VerifyTilesAsync(CancellationToken.None).ConfigureAwait(false);
        return verdict;
    }
}
