using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Cli.Trust;

/// <summary><c>trust list</c>: whom a state directory trusts, and what it holds against whom. Writes nothing.</summary>
internal static class TrustListCommand
{
    public static Command Create()
    {
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var fleet = new SharedFlag();
        var command = new Command("list", "Tell whom the state trusts, and what was revoked.") { state, json };
        fleet.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            using var shared = fleet.Open(parse);
            var root = StateRoot.Open(StateFlag.Locate(parse.GetValue(state)).Path);
            StateGuard.CheckShared(StateGeneration.Read(root.Generation), shared?.Id ?? "");
            var view = new TrustFiles(null, root, null, [], shared?.Trust).Read();
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, Json(view));
            }
            else
            {
                Print(view, output);
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static void Print(TrustView view, TextWriter output)
    {
        foreach (var (publisher, key) in view.Store.Listing)
        {
            output.WriteLine(Printable.Words($"{publisher}  listed  {key}"));
        }

        foreach (var (publisher, key) in view.Store.Pins)
        {
            var keys = view.Ledger.Publishers.GetValueOrDefault(publisher);
            output.WriteLine(Printable.Words($"{publisher}  pinned  {key}{(keys is null ? "" : $"  key set {keys.Current().Version} of {keys.Current().Since:yyyy-MM-dd}{(keys.Frozen ? ", FROZEN" : "")}")}"));
        }

        foreach (var (id, skill) in view.Ledger.Skills)
        {
            output.WriteLine(Printable.Words($"  {id}  {skill.Highest()?.ToString() ?? "-"}  by {skill.Publisher}, provenance level {skill.ProvenanceLevel()}"));
        }

        foreach (var (origin, registry) in view.Ledger.Registries?.ToArray() ?? [])
        {
            output.WriteLine(Printable.Words($"registry {origin}  {registry.Key}"));
        }

        foreach (var (key, revoked) in view.Ledger.RevokedKeys.Concat(view.Ledger.Publishers.Values.SelectMany(publisher => publisher.Revoked)))
        {
            output.WriteLine(Printable.Words($"revoked key {key}: {revoked.Reason}"));
        }

        foreach (var (payload, reason) in view.Ledger.RevokedPayloads)
        {
            output.WriteLine(Printable.Words($"revoked payload {payload}: {reason}"));
        }
    }

    private static JsonObject Json(TrustView view) => new()
    {
        ["store"] = JsonNode.Parse(view.Store.Write()),
        ["ledger"] = JsonNode.Parse(view.Ledger.Write()),
    };
}
