namespace PluginHost.Cli;

/// <summary>A verb could not be carried out.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="code">The refusal's code, <c>room.rule</c>.</param>
/// <param name="message">For people.</param>
internal sealed class CommandError(int exitCode, string code, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string Code { get; } = code;
}
