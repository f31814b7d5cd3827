using System.CommandLine;
using System.Reflection;

namespace PluginHost.Cli.Completion;

/// <summary><c>completion</c>: the script by which a shell completes what is typed.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "powershell"];

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "The shell." };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Write the script by which a shell completes command lines.") { shell };
        command.SetAction(parse =>
        {
            using var script = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Completion/" + parse.GetRequiredValue(shell))!);
            parse.InvocationConfiguration.Output.Write(script.ReadToEnd());
            return ExitCode.Done;
        });
        return command;
    }
}
