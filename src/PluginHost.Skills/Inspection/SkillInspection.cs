using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Vulnerabilities;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>What the papers and modules of a package say, once they were compared with each other.</summary>
/// <param name="Sbom">What its bill of materials says.</param>
/// <param name="Vulnerabilities">What a feed says of the components; null where none was asked.</param>
/// <param name="Provenance">What its provenance says.</param>
/// <param name="Modules">Its modules, decoded and valid.</param>
internal sealed record SkillInspection(SbomReport Sbom, OsvReport? Vulnerabilities, ProvenanceReport Provenance, ImmutableArray<InspectedModule> Modules)
{
    /// <exception cref="SkillVerificationException">SBOM or provenance contradict the package or what is demanded, a component is malicious, or a module is not valid.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static SkillInspection Of(SignedSkill skill, InspectionSettings? settings = null, CancellationToken cancellation = default)
    {
        settings ??= new InspectionSettings();
        var sbom = Readable("sbom", () => SbomInspection.Check(skill.Artifact));
        var vulnerabilities = Vulnerable(sbom, settings.Feed, cancellation);
        var provenance = Readable("provenance", () => ProvenanceInspection.Check(skill.Artifact, settings.Provenance, settings.Beside));
        settings.Provenance.Check(provenance, skill.Manifest.Publisher);
        return new SkillInspection(sbom, vulnerabilities, provenance, Decode(skill.Artifact, cancellation));
    }

    /// <summary>Escapes may name half of a character: JSON lets them pass until somebody reads them.</summary>
    public static T Readable<T>(string room, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw new SkillVerificationException(room, "form", $"a document of the {room} room holds text that is no Unicode, or a number without bounds");
        }
    }

    /// <exception cref="SkillVerificationException">A module is not valid.</exception>
    public static ImmutableArray<InspectedModule> Decode(SkillArtifact artifact, CancellationToken cancellation)
    {
        var modules = ImmutableArray.CreateBuilder<InspectedModule>();
        foreach (var entry in artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            modules.Add(Module(entry, cancellation));
        }

        return modules.ToImmutable();
    }

    private static OsvReport? Vulnerable(SbomReport sbom, OsvFeed? feed, CancellationToken cancellation)
    {
        if (feed is null)
        {
            return null;
        }

        try
        {
            var report = feed.Match(sbom.Components, cancellation);
            return report.Matches.FirstOrDefault(match => match is { IsMalicious: true, IsCertain: true }) is { } malicious
                ? throw new SkillVerificationException("sbom", "malicious", $"the component {malicious.Package} is malicious: {malicious.Id}")
                : report;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SkillVerificationException("sbom", "feed", $"the feed of vulnerabilities cannot be read: {e.Message}");
        }
    }

    private static InspectedModule Module(ArchiveEntry entry, CancellationToken cancellation)
    {
        try
        {
            return new InspectedModule(entry.Path, entry.Content, WasmModule.Decode(entry.Content, cancellation: cancellation));
        }
        catch (WasmModuleException e)
        {
            throw new SkillVerificationException("inspection", "module", $"{entry.Path}: {e.Message}");
        }
    }
}
