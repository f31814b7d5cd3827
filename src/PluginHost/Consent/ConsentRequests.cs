using System.Collections.Immutable;
using System.Text.Json;
using PluginHost.Capabilities;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Consent;

/// <summary>Puts what a skill would get into words.</summary>
internal static class ConsentRequests
{
    public static ConsentRequest Of(InspectedSkill skill, ImmutableArray<ToolGrant> plan, IReadOnlyDictionary<string, MappedDirectory> mapped, SkillScore score) => new()
    {
        Score = score,
        SkillId = skill.Manifest.SkillId,
        Name = skill.Manifest.Name,
        Version = skill.Manifest.Version.ToString(),
        Publisher = skill.Signed.IsSigned ? skill.Manifest.Publisher : Nobody,
        KeyId = skill.Signed.Signature.KeyId,
        Trust = string.Join("; ", [Trust(skill.Trusted.Decision), .. skill.Trusted.Evidence.Warnings, .. skill.Trusted.Evidence.Downgrade is { } downgrade ? [downgrade] : (string[])[]]),
        PayloadDigest = skill.Signed.Artifact.Payload,
        Findings = [.. skill.Audit.Findings.Select(Finding)],
        Tools = [.. skill.Manifest.Tools.Select(Tool)],
        Capabilities = [.. plan
            .SelectMany(tool => Asked(tool, mapped).Select(asked => (asked, Tool: tool.Code.Tool.Id)))
            .GroupBy(pair => pair.asked, pair => pair.Tool)
            .Select(group => new RequestedCapability(group.Key.Capability, group.Key.Resource, group.Key.Detail, [.. group]))],
    };

    /// <summary>Stands for the publisher of what nobody signed. No publisher can be called so.</summary>
    private const string Nobody = "(nobody)";

    public static string Trust(TrustDecision decision) => decision switch
    {
        TrustDecision.Probation => "not signed by anybody: anyone could have made it",
        TrustDecision.Allowlisted => "the key is listed for its publisher",
        TrustDecision.Pinned => "the key is the one first met, and pinned since",
        _ => "the publisher is met for the first time; nobody vouched for the key",
    };

    private static SkillFinding Finding(Finding finding) => new(
        finding.Id,
        finding.Severity == FindingSeverity.Info ? SkillFindingSeverity.Info : SkillFindingSeverity.Warning,
        finding.Message,
        finding.Location,
        finding.Advice,
        finding.Source,
        finding.RuleSet);

    private static SkillTool Tool(ManifestTool tool) => new()
    {
        Id = tool.Id,
        Name = tool.Name,
        Description = tool.Description,
        InputSchema = Schema(tool.InputSchema),
        OutputSchema = Schema(tool.OutputSchema),
        IsSensitive = tool.IsSensitive,
        RequiresApproval = tool.RequiresApproval,
    };

    /// <exception cref="SkillVerificationException">It is deeper than JSON may be.</exception>
    private static JsonElement Schema(Skills.Toml.TomlTable table)
    {
        try
        {
            return TomlJson.Of(table);
        }
        catch (JsonException)
        {
            throw new SkillVerificationException("manifest", "value", "the schema of a tool is nested too deep");
        }
    }

    private static IEnumerable<(Capability Capability, string Resource, string Detail)> Asked(ToolGrant tool, IReadOnlyDictionary<string, MappedDirectory> mapped)
    {
        foreach (var http in tool.Grant.Http)
        {
            var methods = http.Methods.IsEmpty ? "any method" : string.Join(", ", http.Methods);
            var secret = http.Secret is { } use ? $"; the host adds secret {use.Name} as {use.Placement.ToString().ToLowerInvariant()} {use.Target}" : "";
            yield return (Capability.HttpEgress, $"{http.Scheme}://{http.Host}:{http.Port}{http.PathPrefix}", methods + (http.FollowsRedirects ? ", follows redirects" : "") + secret);
        }

        foreach (var root in tool.Roots)
        {
            var directory = mapped.GetValueOrDefault(root.Path);
            var canWrite = root.CanWrite && directory?.IsReadOnly != true;

            var limit = root.MaxBytes is { } bytes ? $"at most {bytes} bytes" : "";
            var room = directory is null ? limit : $"in {directory.Path}{(!canWrite ? "" : limit.Length > 0 ? ", " + limit : ", of any size")}";
            yield return (
                canWrite ? Capability.FilesystemWrite : Capability.FilesystemRead,
                "/" + root.Path,
                string.Join("; ", new[] { canWrite ? "read and write" : "read only", room }.Where(part => part.Length > 0)));
        }

        foreach (var secret in tool.Grant.Secrets)
        {
            yield return (Capability.SecretsUse, secret, "used by the host; the skill never sees the value");
        }

        foreach (var secret in tool.Grant.ReadableSecrets)
        {
            yield return (Capability.SecretsRead, secret, "THE SKILL SEES THE VALUE and can send it wherever it may send anything");
        }

        foreach (var function in tool.Grant.HostFunctions)
        {
            yield return (Capability.HostFunction, function, "a function of the application that runs the skill");
        }

        foreach (var called in tool.Grant.CalledTools)
        {
            yield return (Capability.SkillCall, called, "a tool of another skill");
        }

        foreach (var key in tool.Grant.Environment.Keys)
        {
            yield return (Capability.Environment, key, "");
        }

        // What everybody gets needs no words; more than that does.
        var usual = new EffectiveGrant();
        foreach (var (capability, bytes, known) in new[]
        {
            (Capability.Variables, tool.Grant.VariableBytes, usual.VariableBytes),
            (Capability.Random, tool.Grant.RandomBytes, usual.RandomBytes),
            (Capability.Log, tool.Grant.LogBytes, usual.LogBytes),
        })
        {
            if (bytes > known)
            {
                yield return (capability, $"{bytes} bytes", $"{known} are usual");
            }
        }
    }
}
