namespace PluginHost.Registry.Log;

/// <summary>What a witness answers (c2sp.org/tlog-witness).</summary>
/// <param name="Status">Status code of HTTP.</param>
/// <param name="Body">Its body.</param>
/// <param name="ContentType">The body's type.</param>
internal sealed record WitnessAnswer(int Status, string Body, string ContentType)
{
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>The type of a body that tells how large a tree the witness knows.</summary>
    public const string SizeType = "text/x.tlog.size";

    public static WitnessAnswer Cosigned(string line) => new(200, line, Text);

    public static WitnessAnswer Refused(int status, string reason) => new(status, reason + "\n", Text);

    public static WitnessAnswer Conflict(long size) => new(409, FormattableString.Invariant($"{size}\n"), SizeType);
}
