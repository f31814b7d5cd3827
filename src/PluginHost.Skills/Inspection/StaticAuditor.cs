using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;

namespace PluginHost.Skills.Inspection;

/// <summary>
/// The static audit. It looks at every room of a package whose form and manifest can be read, goes on where one of them fails, and writes nothing.
/// </summary>
internal sealed class StaticAuditor
{
    private readonly SkillArtifact _artifact;
    private readonly SkillManifest _manifest;
    private readonly InspectionSettings _settings;
    private readonly CancellationToken _cancellation;

    private StaticAuditor(SkillArtifact artifact, InspectionSettings settings, CancellationToken cancellation)
    {
        _artifact = artifact;
        _manifest = ManifestReader.Read(artifact);
        _settings = settings;
        _cancellation = cancellation;
    }

    /// <summary>Audits a package room by room.</summary>
    /// <exception cref="SkillVerificationException">Not even the manifest can be read.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static StaticAudit Run(SkillArtifact artifact, InspectionSettings settings, CancellationToken cancellation = default) =>
        new StaticAuditor(artifact, settings, cancellation).Run();

    /// <summary>Audits a package whose rooms have been passed.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static StaticAudit Run(SignedSkill skill, SkillInspection inspection, ImmutableArray<ToolCode> tools, InspectionSettings settings, CancellationToken cancellation)
    {
        var checks = ImmutableArray.CreateBuilder<StaticCheck>();
        checks.Add(Pass("signature_validity", $"signed by {skill.Signature.KeyId}"));
        checks.Add(Pass("sbom_presence", $"CycloneDX {inspection.Sbom.SpecVersion}"));
        checks.Add(Pass("provenance_presence", $"SLSA build level {inspection.Provenance.Level}"));
        checks.AddRange(ManifestChecks.Of(skill.Manifest, settings.Static));
        checks.AddRange(ModuleChecks.Of(skill.Artifact, inspection.Modules, null, AsksForFiles(skill.Manifest), settings.Static));
        checks.Add(FeedCheck(inspection));
        var scan = settings.Scanner?.Scan(skill.Artifact, skill.Manifest, inspection.Modules, cancellation);
        return new StaticAudit(settings.Static, checks.ToImmutable(), Sorted(
            [.. PackageFindings.Of(skill.Artifact, skill.Manifest, cancellation), .. PaperFindings.Of(inspection), .. CodeFindings.Of(skill, inspection.Modules, tools, cancellation), .. scan?.Findings ?? []])) { Scan = scan };
    }

    private StaticAudit Run()
    {
        SignedSkill? signed = null;
        var checks = ImmutableArray.CreateBuilder<StaticCheck>();
        checks.Add(Try("signature_validity", () => (signed = SignedSkill.Verify(_artifact)).Signature.KeyId));
        checks.Add(Try("sbom_presence", () => $"CycloneDX {SkillInspection.Readable("sbom", () => SbomInspection.Check(_artifact)).SpecVersion}"));
        checks.Add(Try("provenance_presence", () => Provenance()));
        var modules = ImmutableArray<InspectedModule>.Empty;
        var invalid = Failure(() => modules = SkillInspection.Decode(_artifact, _cancellation));
        SkillInspection? inspection = null;
        ImmutableArray<ToolCode> tools = [];
        var rest = Failure(() =>
        {
            inspection = signed is null ? null : SkillInspection.Of(signed, _settings, _cancellation);
            tools = inspection is null ? [] : ToolCodeResolver.Resolve(signed!, inspection);
        });
        if (signed is not null && inspection is not null && rest is null)
        {
            return Run(signed, inspection, tools, _settings, _cancellation);
        }

        checks.AddRange(ManifestChecks.Of(_manifest, _settings.Static));
        checks.AddRange(ModuleChecks.Of(_artifact, modules, invalid?.Message, AsksForFiles(_manifest), _settings.Static));
        checks.Add(inspection is null ? new StaticCheck("vulnerability_feed_hook", CheckStatus.Skipped, FindingSeverity.Info, "not compared: the package does not hold") : FeedCheck(inspection));
        var findings = PackageFindings.Of(_artifact, _manifest, _cancellation);
        if (rest is not null && !checks.Any(check => check.Status == CheckStatus.Fail && check.Message.StartsWith(rest.Code + ":", StringComparison.Ordinal)) && rest.Message != invalid?.Message)
        {
            // Its code does not fit its tools, or it falls short of what an operator demands: no check of Palyra's tells.
            findings = [.. findings, new Finding(rest.Code, FindingSeverity.Error, rest.Message, ManifestReader.Entry, "see docs/errors.md")];
        }

        return new StaticAudit(_settings.Static, checks.ToImmutable(), Sorted(findings));
    }

    private static bool AsksForFiles(SkillManifest manifest) => !manifest.Capabilities.ReadRoots.IsEmpty || !manifest.Capabilities.WriteRoots.IsEmpty;

    private string Provenance()
    {
        var report = SkillInspection.Readable("provenance", () => ProvenanceInspection.Check(_artifact, _settings.Provenance, _settings.Beside));
        _settings.Provenance.Check(report, _manifest.Publisher);
        return $"SLSA build level {report.Level}";
    }

    private static StaticCheck FeedCheck(SkillInspection inspection) => inspection.Vulnerabilities is not { } report
        ? new StaticCheck("vulnerability_feed_hook", CheckStatus.Warn, FindingSeverity.Warning, "no feed of vulnerabilities was given: what the bill of materials lists was compared with nothing")
        : new StaticCheck("vulnerability_feed_hook", CheckStatus.Pass, FindingSeverity.Info, $"{report.Records} records compared, the latest of {report.Modified?.UtcDateTime:yyyy-MM-dd}; {report.Matches.Length} match");

    private static ImmutableArray<Finding> Sorted(IEnumerable<Finding> findings) =>
        [.. findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Location, StringComparer.Ordinal).ThenBy(finding => finding.Id, StringComparer.Ordinal)];

    private static StaticCheck Pass(string id, string message) => new(id, CheckStatus.Pass, FindingSeverity.Info, message);

    private static StaticCheck Try(string id, Func<string> check)
    {
        var message = "";
        return Failure(() => message = check()) is { } failure ? new StaticCheck(id, CheckStatus.Fail, FindingSeverity.Error, $"{failure.Code}: {failure.Message}") : Pass(id, message);
    }

    private static SkillVerificationException? Failure(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (SkillVerificationException e)
        {
            return e;
        }
    }
}
