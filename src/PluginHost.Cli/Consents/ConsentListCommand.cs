using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.Consent;
using PluginHost.Hosting;

namespace PluginHost.Cli.Consents;

/// <summary><c>consent list</c>: what was consented to, by whom, and until when.</summary>
internal static class ConsentListCommand
{
    public static Command Create()
    {
        var skill = new Argument<string?>("skill") { Description = "Id of a skill; without it all of them.", Arity = ArgumentArity.ZeroOrOne };
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("list", "Show recorded consents.") { skill, state, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var records = Store(parse.GetValue(state)).Records.Where(record => parse.GetValue(skill) is not { } wanted || record.Skill == wanted).ToList();
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonArray([.. records.Select(Json)]));
                return ExitCode.Done;
            }

            foreach (var record in records)
            {
                output.WriteLine(Printable.Words($"{record.Skill} {record.Version} {record.Payload}"));
                output.WriteLine($"  {record.How} {Time(record.At)} by {(record.Who.Length > 0 ? Printable.Words(record.Who) : "nobody who is known")}, {End(record)}");
                foreach (var grant in record.Terms.Grants)
                {
                    output.WriteLine($"  {Printable.Words(grant)}");
                }
            }

            return ExitCode.Done;
        }));
        return command;
    }

    /// <exception cref="CommandError">There is no state directory.</exception>
    public static ConsentStore Store(string? flag) => StateFlag.Open(flag) is { } root
        ? ConsentStore.Of(root, TimeProvider.System.GetUtcNow, static () => { })
        : throw new CommandError(ExitCode.Refused, "state.missing", "there is no state directory: run 'pluginhost init' first");

    private static string End(ConsentRecord record) =>
        record.Revoked is { } revoked ? $"taken back {Time(revoked)}" : record.Expires is { } expires ? $"until {Time(expires)}" : "without an end";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static JsonNode Json(ConsentRecord record) => new JsonObject
    {
        ["skill"] = record.Skill,
        ["publisher"] = record.Publisher,
        ["version"] = record.Version,
        ["payload"] = record.Payload,
        ["who"] = record.Who,
        ["how"] = record.How,
        ["at"] = record.At,
        ["expires"] = record.Expires,
        ["revoked"] = record.Revoked,
        ["grants"] = new JsonArray([.. record.Terms.Grants.Select(grant => (JsonNode)grant)]),
    };
}
