using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Chain;

/// <summary>A line of a bundle that is about a package: a link that its narrator signed, a statement of provenance that fits its files, or an event of its publisher's keys.</summary>
/// <param name="Id">Id of the envelope.</param>
/// <param name="Link">The link; null for what is none.</param>
internal sealed record EvidenceLine(string Id, ChainLink? Link)
{
    private const string ProvenanceType = "https://slsa.dev/provenance/v1";

    /// <summary>Reads a line; null where it is nothing of that, or about something else.</summary>
    public static EvidenceLine? Read(ReadOnlyMemory<byte> line, SignedSkill skill)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            var statement = envelope.PayloadType == InTotoStatement.PayloadType ? InTotoStatement.Read(envelope.Payload) : throw new FormatException("it is no statement");
            if (ChainLinkReader.IsOne(statement))
            {
                var link = ChainLinkReader.Read(envelope, statement);
                return link.Payloads.Contains(skill.Artifact.Payload) && link.IsSigned ? new EvidenceLine(envelope.Id, link) : null;
            }

            return (statement.PredicateType == ProvenanceType && PackageSubjects.Compare(skill.Artifact, statement.Subjects).Mismatch is null)
                || KeyEvents.Read(line).Any(one => one.Publisher == skill.Manifest.Publisher)
                ? new EvidenceLine(envelope.Id, null)
                : null;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
