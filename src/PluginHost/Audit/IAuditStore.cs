namespace PluginHost.Audit;

/// <summary>Where lines go.</summary>
internal interface IAuditStore : IDisposable
{
    /// <summary>Appends a whole line.</summary>
    void Append(ReadOnlySpan<byte> line);

    void Flush();
}
