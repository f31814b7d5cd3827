using System.CommandLine;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Log;
using PluginHost.Cli.Skills;
using PluginHost.Registry.Files;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Registries;

/// <summary>What the verbs share that write a registry.</summary>
internal sealed class RegistryVerb
{
    private readonly Option<string> _key = LogFlags.KeyFile("the registry's");
    private readonly Option<string> _logKey = new("--log-key") { Description = "File of its log's key.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _passphrase = Passphrase.Option();
    private readonly Option<string?> _policy = LogFlags.Policy();
    private readonly Option<bool> _json = CommandOutput.JsonOption();
    private readonly InspectionFlags _demands = new();

    /// <summary>The registry.</summary>
    public Argument<string> Folder { get; } = new("directory") { Description = "The registry's directory." };

    /// <summary>Completes a command that opens a registry and writes it.</summary>
    /// <param name="command">The command, its own options added.</param>
    /// <param name="work">Does it, and tells what was done, in words and as JSON.</param>
    public Command Complete(Command command, Func<ParseResult, IPublicFiles, RegistryKeys, PublishOptions, Task<(IEnumerable<string> Text, System.Text.Json.Nodes.JsonObject Json)>> work)
    {
        _policy.Description = "A policy (c2sp.org/tlog-policy) whose witnesses are asked to cosign the log.";
        foreach (var option in new Option[] { _key, _logKey, _passphrase, _policy })
        {
            command.Add(option);
        }

        _demands.AddTo(command);
        command.Add(_json);
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(_json), async () =>
        {
            using var key = LogFlags.ReadKey(parse.GetRequiredValue(_key), parse.GetValue(_passphrase));
            using var logKey = LogFlags.ReadKey(parse.GetRequiredValue(_logKey), parse.GetValue(_passphrase));
            var options = new PublishOptions
            {
                Inspection = Inspection(parse),
                Witnesses = parse.GetValue(_policy) is { } file ? LogFlags.ReadPolicy(file) : LogPolicy.Empty,
                Tell = parse.InvocationConfiguration.Error.WriteLine,
            };
            var files = new DirectoryFiles(parse.GetRequiredValue(Folder));
            var (text, json) = await work(parse, files, new RegistryKeys(parse.GetRequiredValue(_key), key, parse.GetRequiredValue(_logKey), logKey), options).ConfigureAwait(false);
            if (parse.GetValue(_json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, json);
            }
            else
            {
                foreach (var line in text)
                {
                    parse.InvocationConfiguration.Output.WriteLine(Hosting.Printable.Text(line));
                }
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private InspectionSettings Inspection(ParseResult parse) => InspectionFlags.Settings(_demands.Options(parse));
}
