namespace PluginHost.Abi.Wasi;

/// <summary>An open file descriptor of a guest.</summary>
internal abstract class Descriptor : IDisposable
{
    public Rights Rights { get; set; } = Rights.All;

    public ushort Flags { get; set; }

    public abstract byte FileType { get; }

    public virtual void Dispose()
    {
    }
}
