namespace PluginHost.Abi.Wasi;

/// <summary>A WASI function ends with an error number.</summary>
internal sealed class WasiException(Errno error) : Exception(error.ToString())
{
    public Errno Error { get; } = error;
}
