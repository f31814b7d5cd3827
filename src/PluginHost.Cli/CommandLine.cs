using System.CommandLine;
using PluginHost.Cli.Audit;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Cli.Wasm;

namespace PluginHost.Cli;

/// <summary>The verbs of the command line.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Runs third-party skills in WebAssembly without trusting them.")
    {
        InitCommand.Create(),
        new Command("keys", "Work with keys.") { KeysGenerateCommand.Create() },
        new Command("skills", "Work with skills.")
        {
            new Command("package", "Work with packages.") { PackageBuildCommand.Create(), PackageVerifyCommand.Create() },
            SkillsRunCommand.Create(),
        },
        new Command("audit", "Work with audit logs.") { AuditVerifyCommand.Create() },
        new Command("wasm", "Work with bare modules: for authors of skills.") { WasmRunCommand.Create() },
    };
}
