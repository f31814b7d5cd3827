using System.Text;

namespace PluginHost.Cli.Keys;

/// <summary>A value that must not stand on the command line: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
internal static class ValueSource
{
    public const string Form = "env:NAME|file:PATH";

    private const int MaxBytes = 64 * 1024;

    /// <exception cref="CommandError">It has another form, or there is no such value.</exception>
    public static string Read(string option, string source) => source.Split(':', 2) switch
    {
        ["env", { Length: > 0 } name] => Environment.GetEnvironmentVariable(name)
            ?? throw new CommandError(ExitCode.Environment, "environment.variable", $"the environment has no '{name}'"),
        ["file", { Length: > 0 } path] => Encoding.UTF8.GetString(InputFiles.Read(path, MaxBytes)).TrimEnd('\r', '\n'),
        _ => throw new CommandError(ExitCode.Usage, "usage." + option, $"'{source}' is not of the form {Form}"),
    };
}
