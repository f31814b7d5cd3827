namespace PluginHost.Skills.Attestations;

/// <summary>A signed statement about a package. Who signed it, and whether that counts, is for the verifier of its kind to say.</summary>
/// <param name="Place">Where it was found.</param>
/// <param name="Envelope">The envelope.</param>
/// <param name="Statement">What it says.</param>
internal sealed record Evidence(EvidencePlace Place, DsseEnvelope Envelope, InTotoStatement Statement)
{
    /// <summary>The id by which others refer to it.</summary>
    public string Id => Envelope.Id;
}
