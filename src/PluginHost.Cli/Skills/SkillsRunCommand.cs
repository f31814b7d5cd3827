using System.CommandLine;
using Microsoft.Extensions.Options;
using PluginHost.Cli.State;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills run</c>: loads a package through every room and calls one of its tools.</summary>
internal static class SkillsRunCommand
{
    public static Command Create()
    {
        var artifact = new Argument<string>("artifact") { Description = "File of the package, or id of an installed skill." };
        var tool = new Argument<string>("tool") { Description = "Id of the tool." };
        var trust = new TrustFlags();
        var flags = new RunFlags();
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("run", "Verify a package, ask for consent, and call one of its tools.") { artifact, tool };
        var version = new Option<string?>("--version") { Description = "Version of an installed skill; its current one without it.", HelpName = "VERSION" };
        command.Add(version);
        flags.AddTo(command);
        trust.AddTo(command);
        command.Add(state);
        command.Add(json);
        command.SetAction((parse, cancellation) => Task.Run(() => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var options = flags.HostOptions(parse, trust, StateFlag.Open(parse.GetValue(state)));
            var run = Run(options, flags.LoadOptions(parse), (parse.GetRequiredValue(artifact), parse.GetValue(version)), parse.GetRequiredValue(tool), flags.Input(parse), cancellation);
            return run.GetAwaiter().GetResult().Report(parse.GetValue(json), parse.InvocationConfiguration);
        })));
        return command;
    }

    private static async Task<SkillRunReport> Run(
        SkillHostOptions options, SkillLoadOptions load, (string Name, string? Version) artifact, string tool, byte[] input, CancellationToken cancellation)
    {
        try
        {
            var host = SkillHost.Create(options);
            SkillRunReport report;
            await using (host.ConfigureAwait(false))
            {
                // What is installed comes first: a file that somebody left in the current directory must not stand in for it. It can be named as ./NAME.
                var isInstalled = options.StateDirectory is not null && (artifact.Version is not null || host.Library.Skills.View().Current.ContainsKey(artifact.Name));
                var skill = !isInstalled
                    ? await host.LoadSkillAsync(artifact.Name, load, cancellation).ConfigureAwait(false)
                    : await host.LoadInstalledSkillAsync(artifact.Name, artifact.Version, load, cancellation).ConfigureAwait(false);
                if (!skill.Tools.Any(offered => offered.Id == tool))
                {
                    throw new CommandError(ExitCode.Usage, "usage.tool", $"the skill has no tool '{tool}': it has {string.Join(", ", skill.Tools.Select(offered => offered.Id))}");
                }

                report = await SkillRunReport.Of(host, skill, tool, input, cancellation).ConfigureAwait(false);
            }

            // A guest that was given up may have written its receipt only now.
            return report with { AuditHead = host.AuditHead };
        }
        catch (OptionsValidationException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.options", e.Message);
        }
        catch (ArgumentException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.artifact", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
