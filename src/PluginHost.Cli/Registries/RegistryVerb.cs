using System.CommandLine;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Log;
using PluginHost.Cli.Skills;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Cli.Registries;

/// <summary>What the verbs share that write a registry.</summary>
internal sealed class RegistryVerb
{
    private readonly Option<string> _key = LogFlags.KeyFile("the registry's");
    private readonly Option<string?> _logKey = new("--log-key") { Description = "File of its log's key.", HelpName = "FILE" };
    private readonly Option<string?> _passphrase = Passphrase.Option();
    private readonly Option<string?> _policy = LogFlags.Policy();
    private readonly Option<bool> _json = CommandOutput.JsonOption();
    private readonly InspectionFlags _demands = new();

    private readonly RegistryFilesFlag _files = new();

    /// <summary>The registry.</summary>
    public Argument<string> Place => _files.Place;

    /// <summary>Whether the verb begins a registry.</summary>
    public bool IsNew { get; init; }

    /// <summary>Completes a command that opens a registry and writes it.</summary>
    /// <param name="command">The command, its own options added.</param>
    /// <param name="work">Does it, and tells what was done, in words and as JSON.</param>
    /// <param name="remote">Does it to a registry behind an address, with the publisher's key; null where that cannot be.</param>
    public Command Complete(
        Command command, Func<ParseResult, IPublicFiles, RegistryKeys, PublishOptions, Task<(IEnumerable<string> Text, System.Text.Json.Nodes.JsonObject Json)>> work,
        Func<ParseResult, SigningKey, Task<(IEnumerable<string> Text, System.Text.Json.Nodes.JsonObject Json)>>? remote = null)
    {
        _policy.Description = "A policy (c2sp.org/tlog-policy) whose witnesses are asked to cosign the log.";
        foreach (var option in new Option[] { _key, _logKey, _passphrase, _policy })
        {
            command.Add(option);
        }

        _files.AddTo(command);
        _demands.AddTo(command);
        command.Add(_json);
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(_json), async () =>
        {
            using var key = LogFlags.ReadKey(parse.GetRequiredValue(_key), parse.GetValue(_passphrase));
            if (remote is not null && parse.GetRequiredValue(Place).Contains("://", StringComparison.Ordinal))
            {
                return Tell(parse, await remote(parse, key).ConfigureAwait(false));
            }

            var logPath = parse.GetValue(_logKey) ?? throw new CommandError(ExitCode.Usage, "usage.log-key", "a registry is written with its log's key, too: --log-key FILE");
            using var logKey = LogFlags.ReadKey(logPath, parse.GetValue(_passphrase));
            var options = new PublishOptions
            {
                Inspection = Inspection(parse),
                Witnesses = parse.GetValue(_policy) is { } file ? LogFlags.ReadPolicy(file) : LogPolicy.Empty,
                Tell = parse.InvocationConfiguration.Error.WriteLine,
            };
            var files = _files.Open(parse, IsNew);
            using var disposing = files as IDisposable;
            return Tell(parse, await work(parse, files, new RegistryKeys(parse.GetRequiredValue(_key), key, logPath, logKey), options).ConfigureAwait(false));
        }));
        return command;
    }

    private int Tell(ParseResult parse, (IEnumerable<string> Text, System.Text.Json.Nodes.JsonObject Json) done)
    {
        if (parse.GetValue(_json))
        {
            CommandOutput.Write(parse.InvocationConfiguration.Output, done.Json);
            return ExitCode.Done;
        }

        foreach (var line in done.Text)
        {
            parse.InvocationConfiguration.Output.WriteLine(Hosting.Printable.Text(line));
        }

        return ExitCode.Done;
    }

    private InspectionSettings Inspection(ParseResult parse) => InspectionFlags.Settings(_demands.Options(parse));
}
