using System.Collections.Immutable;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Who vouches for whose key (<c>trust.intoto.jsonl</c>): one envelope on a line. A line that cannot be read, is no vouch for a key, or was not signed by
/// the one it names, has no weight and is counted.
/// </summary>
/// <param name="Vouches">Vouches whose signature holds.</param>
/// <param name="Ignored">How many lines have no weight.</param>
internal sealed record TrustBundle(ImmutableArray<KeyVouch> Vouches, int Ignored)
{
    /// <summary>Bytes of a bundle.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private const int MaxLines = 250_000;

    public static TrustBundle Empty { get; } = new([], 0);

    /// <exception cref="FormatException">It is too large.</exception>
    public static TrustBundle Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"a bundle of vouches has at most {MaxBytes} bytes");
        }

        var lines = BundleLines.Envelopes(bytes).Take(MaxLines + 1).ToList();
        if (lines.Count > MaxLines)
        {
            throw new FormatException($"a bundle of vouches has at most {MaxLines} lines");
        }

        // A signature takes longer than all the rest, and none depends on another.
        var read = lines.AsParallel().AsOrdered().Select(ReadLine).ToList();
        return new TrustBundle([.. read.OfType<KeyVouch>().DistinctBy(vouch => vouch.Link)], read.Count(vouch => vouch is null));
    }

    private static KeyVouch? ReadLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            var link = envelope.PayloadType == InTotoStatement.PayloadType ? ChainLinkReader.Read(envelope, InTotoStatement.Read(envelope.Payload)) : null;
            return link is { Vouch: { Key: { } key } vouch, IsSigned: true } && key != link.Narrator ? new KeyVouch(link.Narrator, key, vouch.Capacity, vouch.Scope, link.IssuedAt, vouch.Expires, link.Id) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
