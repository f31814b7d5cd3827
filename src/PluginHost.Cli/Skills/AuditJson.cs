using System.Text.Json.Nodes;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Skills;

/// <summary>A static audit in the fields of Palyra's report, and our findings beside them.</summary>
internal static class AuditJson
{
    /// <param name="artifact">The package.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="audit">What was found.</param>
    /// <param name="trust">The decision about trust; null where it was refused.</param>
    /// <param name="now">The time.</param>
    public static JsonObject Of(SkillArtifact artifact, SkillManifest manifest, StaticAudit audit, string? trust, DateTimeOffset now) => new()
    {
        ["skill_id"] = manifest.SkillId,
        ["version"] = manifest.Version.ToString(),
        ["publisher"] = manifest.Publisher,
        ["accepted"] = trust is not null && audit.Passed,
        ["passed"] = audit.Passed,
        ["should_quarantine"] = !audit.Passed,
        ["trust_decision"] = trust,
        ["payload_sha256"] = artifact.Payload,
        ["generated_at_unix_ms"] = now.ToUnixTimeMilliseconds(),
        ["policy"] = new JsonObject
        {
            ["max_module_bytes"] = audit.Policy.MaxModuleBytes,
            ["max_exported_functions"] = audit.Policy.MaxExportedFunctions,
            ["allow_device_capabilities"] = audit.Policy.AllowDeviceCapabilities,
            ["allow_wildcard_capabilities"] = audit.Policy.AllowWildcardCapabilities,
        },
        ["manifest_warnings"] = ManifestJson.Warnings(manifest),
        ["checks"] = new JsonArray([.. audit.Checks.Select(Check)]),
        ["quarantine_reasons"] = new JsonArray([.. audit.Reasons.Select(reason => (JsonNode)reason)]),
        ["vulnerability_scan"] = audit.Checks.Where(check => check.Id == "vulnerability_feed_hook").Select(Check).FirstOrDefault(),
        ["rule_set"] = FindingRules.Digest,
        ["findings"] = Findings(audit),
    };

    public static JsonArray Findings(StaticAudit audit) => Findings(audit.Findings);

    public static JsonArray Findings(IEnumerable<Finding> findings) => [.. findings.Select(finding => (JsonNode)new JsonObject
    {
        ["id"] = finding.Id,
        ["source"] = finding.Source,
        ["rule_set"] = finding.RuleSet,
        ["severity"] = finding.Severity.ToString().ToLowerInvariant(),
        ["message"] = finding.Message,
        ["location"] = finding.Location,
        ["advice"] = finding.Advice,
    })];

    private static JsonNode Check(StaticCheck check)
    {
        var json = new JsonObject
        {
            ["check_id"] = check.Id,
            ["status"] = check.Status.ToString().ToLowerInvariant(),
            ["severity"] = check.Severity.ToString().ToLowerInvariant(),
            ["message"] = check.Message,
        };
        if (check.Details is { } details)
        {
            json["details"] = details.DeepClone();
        }

        return json;
    }
}
