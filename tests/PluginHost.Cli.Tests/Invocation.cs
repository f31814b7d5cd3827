using System.CommandLine;

namespace PluginHost.Cli.Tests;

/// <summary>Runs the command line in this process.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public static Invocation Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = CommandLine.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error }).GetAwaiter().GetResult();
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }
}
