using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Presentation;
using PluginHost.Cli.State;
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
            var view = Read(parse.GetValue(state), shared);
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

    /// <summary>Whom a state directory, or the fleet that it belongs to, trusts.</summary>
    /// <exception cref="SkillStateException">It is missing, damaged, or not the one that was written last.</exception>
    public static TrustView Read(string? state, ISharedState? shared)
    {
        var root = StateRoot.Open(StateFlag.Locate(state).Path);
        StateGuard.CheckShared(StateGeneration.Read(root.Generation), shared?.Id ?? "");
        return new TrustFiles(null, root, null, [], shared?.Trust).Read();
    }

    private static void Print(TrustView view, TextWriter output)
    {
        var (store, ledger) = view;
        var table = new TextTable("WHO", "HOW", "KEY OR PAYLOAD", "MORE");
        foreach (var (publisher, key) in store.Listing)
        {
            table.Add(publisher, "listed", key, "");
        }

        foreach (var (publisher, key) in store.Pins)
        {
            var keys = ledger.Publishers.GetValueOrDefault(publisher);
            table.Add(publisher, "pinned", key, keys is null ? "" : keys.Frozen ? new Cell("FROZEN", CellMark.Bad) : $"key set {keys.Current().Version} of {keys.Current().Since:yyyy-MM-dd}");
        }

        foreach (var (id, skill) in ledger.Skills)
        {
            table.Add(id, "met", "", $"{skill.Highest()?.ToString() ?? "-"} by {skill.Publisher}, provenance level {skill.ProvenanceLevel()}");
        }

        foreach (var (key, named) in ledger.Operators?.ToArray() ?? [])
        {
            table.Add(named.Name, "operator", key, named.Until is { } until ? $"until {until:yyyy-MM-dd}" : "");
        }

        foreach (var (origin, registry) in ledger.Registries?.ToArray() ?? [])
        {
            table.Add(origin, "registry", registry.Key, registry.Until is { } until ? $"until {until:yyyy-MM-dd}" : "");
        }

        foreach (var (key, revoked) in ledger.RevokedKeys.Concat(ledger.Publishers.Values.SelectMany(publisher => publisher.Revoked)))
        {
            table.Add("", new Cell("revoked key", CellMark.Bad), key, revoked.Reason + CutoffOptions.Describe(revoked));
        }

        foreach (var (payload, reason) in ledger.RevokedPayloads)
        {
            table.Add("", new Cell("revoked payload", CellMark.Bad), payload, reason);
        }

        if (table.IsEmpty)
        {
            output.WriteLine("nobody is trusted");
        }
        else
        {
            table.Write(output);
        }
    }

    private static JsonObject Json(TrustView view) => new()
    {
        ["store"] = JsonNode.Parse(view.Store.Write()),
        ["ledger"] = JsonNode.Parse(view.Ledger.Write()),
    };
}
