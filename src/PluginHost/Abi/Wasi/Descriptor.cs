namespace PluginHost.Abi.Wasi;

/// <summary>An open file descriptor of a guest.</summary>
internal abstract class Descriptor : IDisposable
{
    /// <summary>What it may be used for.</summary>
    public Rights Rights { get; set; }

    /// <summary>What descriptors that are opened through it may be used for at most.</summary>
    public Rights Inheriting { get; set; }

    public ushort Flags { get; set; }

    public abstract byte FileType { get; }

    public virtual void Dispose()
    {
    }
}
