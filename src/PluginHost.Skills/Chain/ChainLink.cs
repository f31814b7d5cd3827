using System.Collections.Immutable;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>A link of a chain: who says what of a skill or a key, since when, and on whose word. Whether it counts is for the chain to say.</summary>
internal sealed record ChainLink
{
    /// <summary>Its id, by which others refer to it.</summary>
    public required string Id { get; init; }

    public required LinkKind Kind { get; init; }

    public required ChainRole Role { get; init; }

    /// <summary>Lower hex public key of who says it.</summary>
    public required string Narrator { get; init; }

    /// <summary>Ids of the links that it stands on.</summary>
    public required ImmutableArray<string> Previous { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>How many links the narrator had signed: no number is used twice.</summary>
    public required long Sequence { get; init; }

    /// <summary>Payload digests of the skills that it is about.</summary>
    public required ImmutableArray<string> Payloads { get; init; }

    /// <summary>Everything that it is about.</summary>
    public ImmutableArray<StatementSubject> Subjects { get; init; } = [];

    /// <summary>The envelope that it came in.</summary>
    public required DsseEnvelope Envelope { get; init; }

    /// <summary>What it says, in a few words.</summary>
    public required string Detail { get; init; }

    /// <summary>Whether it speaks against the skill.</summary>
    public bool IsNegative { get; init; }

    /// <summary>How much an audit weighs, 0 to 1000.</summary>
    public int Quality { get; init; }

    /// <summary>Whether an audit hides by which rules it was made (<c>mudallas</c>).</summary>
    public bool IsConcealed { get; init; }

    /// <summary>Whether a violation says that the skill is malicious.</summary>
    public bool IsMalicious { get; init; }

    /// <summary>The version that an author released, as a package URL; empty for other links.</summary>
    public string Release { get; init; } = "";

    /// <summary>For whom or what a voucher answers; null for other links.</summary>
    public Vouch? Vouch { get; init; }

    /// <summary>The narrator's signature; null where it did not sign it. Signatures are looked at once.</summary>
    public byte[]? Signature
    {
        get
        {
            if (!_isChecked)
            {
                _signature = Envelope.SignatureOf(Convert.FromHexString(Narrator));
                _isChecked = true;
            }

            return _signature;
        }
    }

    /// <summary>Whether the narrator signed it.</summary>
    public bool IsSigned => Signature is not null;

    private byte[]? _signature;
    private bool _isChecked;
}
