namespace PluginHost.Abi.Wasi;

/// <summary>The program called <c>proc_exit</c>.</summary>
internal sealed class ProgramExitException(int exitCode) : Exception($"the program ended with exit code {exitCode}")
{
    public int ExitCode { get; } = exitCode;
}
