using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Attestations;

/// <summary>
/// Evidence about a package: envelopes in <c>attestations/*.intoto.jsonl</c> within it and in a bundle beside it, one on a line. What cannot be
/// read, or no verifier knows, is reported and has no weight: anyone could have added it.
/// </summary>
internal static class EvidenceBundle
{
    /// <summary>Bytes of a bundle.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Bytes of a bundle with the proofs of logs for its links.</summary>
    public const int MaxBytesWithProofs = 2 * MaxBytes;

    private static readonly byte[] CutLine = "{\"bundleCut\":true}\n"u8.ToArray();

    private const int MaxLines = 256;
    private const int MaxEnvelopes = 512;
    private const string Folder = "attestations/";
    private const string Extension = ".intoto.jsonl";

    /// <summary>Whether a line says that something was left out after it.</summary>
    public static bool IsCut(ReadOnlySpan<byte> line) => line.TrimEnd("\r\n "u8).SequenceEqual(CutLine.AsSpan(..^1));

    /// <summary>As much of a bundle as one may hold, in whole lines, and a line that says so.</summary>
    public static byte[] Cut(ReadOnlySpan<byte> beginning)
    {
        var room = beginning[..Math.Min(beginning.Length, MaxBytesWithProofs - CutLine.Length)];
        return [.. room[..(room.LastIndexOf((byte)'\n') + 1)], .. CutLine];
    }

    /// <summary>Reads and verifies all evidence.</summary>
    /// <param name="artifact">The package.</param>
    /// <param name="beside">The bundle beside it; empty where there is none.</param>
    /// <param name="verifiers">A verifier for each kind.</param>
    /// <exception cref="SkillVerificationException">Evidence within the package proves that it is not what it says to be.</exception>
    public static ImmutableArray<EvidenceOutcome> Verify(SkillArtifact artifact, ReadOnlyMemory<byte> beside, IReadOnlyCollection<IEvidenceVerifier> verifiers)
    {
        var outcomes = ImmutableArray.CreateBuilder<EvidenceOutcome>();
        foreach (var entry in artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal) && entry.Path.EndsWith(Extension, StringComparison.Ordinal)))
        {
            Read(entry.Content, EvidencePlace.Inside, artifact, verifiers, outcomes);
        }

        Read(beside, EvidencePlace.Beside, artifact, verifiers, outcomes);
        return outcomes.DistinctBy(outcome => (outcome.Id, outcome.Place, outcome.Detail)).ToImmutableArray();
    }

    private static void Read(
        ReadOnlyMemory<byte> bundle, EvidencePlace place, SkillArtifact artifact, IReadOnlyCollection<IEvidenceVerifier> verifiers, ImmutableArray<EvidenceOutcome>.Builder outcomes)
    {
        if (bundle.Length > (place == EvidencePlace.Beside ? MaxBytesWithProofs : MaxBytes))
        {
            outcomes.Add(Unread(place, $"a bundle of more than {MaxBytes} bytes is not read"));
            return;
        }

        var lines = 0;
        while (!bundle.IsEmpty)
        {
            var end = bundle.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bundle : bundle[..end];
            bundle = end < 0 ? default : bundle[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0 || LinkProof.IsLine(line.Span))
            {
                continue;
            }

            if (++lines > MaxLines || outcomes.Count >= MaxEnvelopes)
            {
                outcomes.Add(Unread(place, $"a bundle has at most {MaxLines} envelopes, and a package {MaxEnvelopes}"));
                return;
            }

            outcomes.Add(Verify(line, place, artifact, verifiers));
        }
    }

    private static EvidenceOutcome Verify(ReadOnlyMemory<byte> line, EvidencePlace place, SkillArtifact artifact, IReadOnlyCollection<IEvidenceVerifier> verifiers)
    {
        Evidence evidence;
        try
        {
            var envelope = DsseEnvelope.Read(line);
            if (envelope.PayloadType != InTotoStatement.PayloadType)
            {
                return new EvidenceOutcome(envelope.Id, "", place, false, "it is no in-toto statement");
            }

            evidence = new Evidence(place, envelope, InTotoStatement.Read(envelope.Payload));
        }
        catch (FormatException e)
        {
            return Unread(place, e.Message);
        }

        return verifiers.FirstOrDefault(verifier => verifier.PredicateType == evidence.Statement.PredicateType) is { } known
            ? known.Verify(evidence, artifact)
            : new EvidenceOutcome(evidence.Id, evidence.Statement.PredicateType, place, false, "no verifier knows this kind");
    }

    private static EvidenceOutcome Unread(EvidencePlace place, string reason) => new("", "", place, false, reason);
}
