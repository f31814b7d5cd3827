namespace PluginHost.Audit;

/// <summary>
/// Takes the lines of an audit log in the place of a file. Called by one thread at a time, in order, before the effect that a
/// line is about. What it throws refuses the effect; the line is offered again later.
/// </summary>
public interface IAuditSink
{
    /// <summary>Takes whole lines, each with its line feed, or throws and takes none of them.</summary>
    /// <param name="lines">One line or several. Not to be kept: the memory is used again.</param>
    void Append(ReadOnlySpan<byte> lines);

    /// <summary>Makes what was taken durable.</summary>
    void Flush();
}
