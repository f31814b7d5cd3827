using System.CommandLine;
using System.Text.Json.Nodes;

namespace PluginHost.Cli.Scaffold;

/// <summary><c>skills package new</c>: writes the sources of a skill that builds and runs as it is.</summary>
internal static class PackageNewCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "Where the skill is written; must not exist, or be empty." };
        var id = new Option<string>("--skill-id") { Description = "Id of the skill; begins with its publisher: acme.hello.", HelpName = "ID", Required = true };
        var publisher = new Option<string?>("--publisher") { Description = "The publisher; what stands before the first dot of the id without it.", HelpName = "PUBLISHER" };
        var language = new Option<string>("--language") { Description = "What it is written in.", HelpName = string.Join('|', SkillScaffold.Languages), Required = true };
        language.AcceptOnlyFromAmong([.. SkillScaffold.Languages]);
        var json = CommandOutput.JsonOption();
        var command = new Command("new", "Write the sources of a new skill: module, manifest, capabilities, build script.") { directory, id, publisher, language, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var (target, skill) = (parse.GetRequiredValue(directory), parse.GetRequiredValue(id));
            var scaffold = SkillScaffold.Create(parse.GetRequiredValue(language), skill, parse.GetValue(publisher) ?? skill.Split('.')[0]);
            scaffold.Write(target);
            Report(scaffold, target, parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Report(SkillScaffold scaffold, string directory, bool json, TextWriter output)
    {
        if (json)
        {
            CommandOutput.Write(output, new JsonObject
            {
                ["directory"] = Path.GetFullPath(directory),
                ["language"] = scaffold.Language,
                ["skill_id"] = scaffold.SkillId,
                ["publisher"] = scaffold.Publisher,
                ["files"] = new JsonArray([.. scaffold.Files.Keys.Select(file => (JsonNode)file)]),
            });
            return;
        }

        output.WriteLine($"wrote {scaffold.SkillId} to {directory}: {string.Join(", ", scaffold.Files.Keys)}");
        output.WriteLine("next, in that directory:");
        output.WriteLine("  pluginhost keys generate --output publisher.pem");
        output.WriteLine("  sh build.sh");
        output.WriteLine($"  pluginhost skills run {scaffold.Package} {scaffold.SkillId}.greet --input you --allow-tofu");
    }
}
