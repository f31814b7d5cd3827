using System.CommandLine;
using PluginHost.Cli.Attest;
using PluginHost.Cli.Audit;
using PluginHost.Cli.Completion;
using PluginHost.Cli.Consents;
using PluginHost.Cli.Doctor;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Library;
using PluginHost.Cli.Log;
using PluginHost.Cli.Mcp;
using PluginHost.Cli.Policy;
using PluginHost.Cli.Registries;
using PluginHost.Cli.Scaffold;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Cli.Trust;
using PluginHost.Cli.Wasm;

namespace PluginHost.Cli;

/// <summary>The verbs of the command line.</summary>
internal static class CommandLine
{
    /// <summary>No argument is read from a file: <c>@FILE</c> is an input, and whoever wrote it must not add options of their own.</summary>
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line; one that is wrong is told as JSON where JSON was asked for.</summary>
    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration invocation, CancellationToken cancellation = default)
    {
        var parse = Create().Parse(arguments, Configuration);
        if (parse.Errors.Count == 0 || !arguments.Any(argument => argument == CommandOutput.Json || argument.StartsWith(CommandOutput.Json + "=", StringComparison.Ordinal) || argument.StartsWith(CommandOutput.Json + ":", StringComparison.Ordinal)))
        {
            return await parse.InvokeAsync(parse.Errors.Count == 0 ? invocation : Plain(invocation), cancellation).ConfigureAwait(false);
        }

        CommandOutput.WriteError(invocation.Output, "usage.arguments", string.Join("; ", parse.Errors.Select(error => TypeNames.Plain(error.Message))));
        return ExitCode.Usage;
    }

    private static InvocationConfiguration Plain(InvocationConfiguration invocation) => new() { Output = invocation.Output, Error = new TypeNames(invocation.Error) };

    /// <summary>Every verb that does something, its words joined with dashes.</summary>
    public static IEnumerable<string> Verbs => Create().Subcommands.SelectMany(command => Under(command, command.Name));

    private static IEnumerable<string> Under(Command command, string name) =>
        command.Subcommands.Count == 0 ? [name] : command.Subcommands.SelectMany(verb => Under(verb, $"{name}-{verb.Name}"));

    private static RootCommand Create() => new("Runs third-party skills in WebAssembly without trusting them.")
    {
        InitCommand.Create(),
        DoctorCommand.Create(),
        new Command("state", "Work with state directories.") { StateAdoptCommand.Create() },
        new Command("consent", "Work with recorded consents.") { ConsentListCommand.Create(), ConsentRevokeCommand.Create() },
        new Command("policy", "Work with policy files.") { PolicyCheckCommand.Create(), PolicySignCommand.Create() },
        new Command("keys", "Work with keys.") { KeysGenerateCommand.Create(), KeysShowCommand.Create(), KeysEventCommand.Create(), KeysRotateCommand.Create() },
        TrustCommands.Create(),
        PalyraFlags.Refuse(new Command("skills", "Work with skills.")
        {
            new Command("package", "Work with packages.") { PackageNewCommand.Create(), PackageBuildCommand.Create(), PackageVerifyCommand.Create(), PackageInspectCommand.Create() },
            SkillsInstallCommand.Create(),
            SkillsInstallCommand.CreateUpdate(),
            LibraryCommands.Remove(),
            LibraryCommands.Rollback(),
            LibraryCommands.List(),
            LibraryCommands.Info(),
            SkillsSearchCommand.Create(),
            SkillsCheckCommand.Create(),
            PackageVerifyCommand.CreateForInstalled(),
            LifecycleCommands.Quarantine(),
            LifecycleCommands.Disable(),
            LifecycleCommands.Enable(),
            LifecycleCommands.Reindex(),
            SkillsRunCommand.Create(),
            SkillsAuditCommand.Create(),
            SkillsExplainCommand.Create(),
            SkillsScanCommand.Create(),
            SkillsAdoptCommand.Create(),
            SuggestManifestCommand.Create(),
        }),
        new Command("audit", "Work with audit logs.") { AuditVerifyCommand.Create(), AuditQueryCommand.Create(), AuditTailCommand.Create(), AuditExportCommand.Create() },
        AttestCommands.Create(),
        RegistryCommands.Create(),
        new Command("log", "Work with public logs.") { LogInitCommand.Create(), LogAppendCommand.Create(), LogProveCommand.Create(), LogVerifyCommand.Create(), LogMonitorCommand.Create(), LogWitnessCommand.Create() },
        new Command("mcp", "Offer tools to agents.") { McpServeCommand.Create() },
        CompletionCommand.Create(),
        CompleteCommand.Create((line, position) => Create().Parse(line, Configuration).GetCompletions(position).Select(completion => completion.InsertText ?? completion.Label)),
        new Command("wasm", "Work with bare modules: for authors of skills.") { WasmRunCommand.Create() },
    };
}
