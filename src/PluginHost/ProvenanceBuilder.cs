namespace PluginHost;

/// <summary>A builder whose signature under a statement of provenance counts.</summary>
/// <param name="PublicKey">Its Ed25519 key, 64 hexadecimal digits.</param>
/// <param name="BuilderId">The id that the key may sign for (<c>runDetails.builder.id</c>).</param>
/// <param name="MaxLevel">The SLSA build level that it is believed at most, 1 to 3.</param>
public sealed record ProvenanceBuilder(string PublicKey, string BuilderId, int MaxLevel)
{
    /// <summary>Names of external parameters that its builds may have; empty for any.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];
}
