using System.CommandLine;

namespace PluginHost.Cli.Tests;

/// <summary>Runs the command line in this process.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    /// <summary>The output, tables without the blanks that fill them.</summary>
    public string Words => string.Join('\n', Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    public static Invocation Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = CommandLine.RunAsync(arguments, new InvocationConfiguration { Output = output, Error = error }).GetAwaiter().GetResult();
        PublishedJson.Check(arguments, output.ToString());
        return new Invocation(exitCode, output.ToString(), error.ToString());
    }
}
