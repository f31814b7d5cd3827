using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>What the papers and modules of a package say, once they were compared with each other.</summary>
/// <param name="Provenance">How much its provenance says.</param>
/// <param name="Modules">Its modules, decoded and valid.</param>
internal sealed record SkillInspection(ProvenanceKind Provenance, ImmutableArray<InspectedModule> Modules)
{
    /// <exception cref="SkillVerificationException">SBOM or provenance contradict the package, or a module is not valid.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static SkillInspection Of(SignedSkill skill, CancellationToken cancellation = default)
    {
        SbomInspection.Check(skill);
        var provenance = ProvenanceInspection.Check(skill);
        var modules = ImmutableArray.CreateBuilder<InspectedModule>();
        foreach (var entry in skill.Artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            modules.Add(Module(entry, cancellation));
        }

        return new SkillInspection(provenance, modules.ToImmutable());
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
