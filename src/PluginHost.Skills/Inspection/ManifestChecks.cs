using System.Text.Json.Nodes;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Inspection;

/// <summary>Palyra's checks of a manifest that can be read.</summary>
internal static class ManifestChecks
{
    public static IEnumerable<StaticCheck> Of(SkillManifest manifest, StaticPolicy policy)
    {
        var asked = manifest.Capabilities;
        yield return Pass("manifest_sanity", $"manifest version {manifest.ManifestVersion}, {manifest.Tools.Length} tools");
        foreach (var warning in manifest.Warnings)
        {
            yield return new StaticCheck($"manifest_warning:{warning.Code}", CheckStatus.Warn, FindingSeverity.Warning, warning.ToString());
        }

        yield return Scope("manifest_filesystem_scopes", [.. asked.ReadRoots, .. asked.WriteRoots], "roots");
        yield return Scope("manifest_http_egress_scopes", [.. asked.Hosts], "hosts");
        yield return Scope("manifest_secret_scopes", [.. asked.Secrets.SelectMany(secrets => secrets.Keys.Select(key => $"{secrets.Scope}/{key}"))], "secrets");
        yield return Forbidden(
            "forbidden_device_capabilities", [.. asked.Devices.Select(name => "device." + name), .. asked.Nodes.Select(name => "node." + name)], policy.AllowDeviceCapabilities, "asks for devices or nodes");
        yield return Forbidden("forbidden_wildcard_capabilities", [.. asked.WildcardOptIns], policy.AllowWildcardCapabilities, "opts into wildcards");
    }

    private static StaticCheck Pass(string id, string message) => new(id, CheckStatus.Pass, FindingSeverity.Info, message);

    private static StaticCheck Scope(string id, IReadOnlyList<string> names, string what) =>
        names.Count == 0 ? Pass(id, $"asks for no {what}") : Pass(id, $"asks for {names.Count} {what}") with { Details = Listed(names) };

    private static StaticCheck Forbidden(string id, IReadOnlyList<string> names, bool isAllowed, string what) =>
        names.Count == 0 ? Pass(id, "none")
        : isAllowed ? Pass(id, "allowed by the policy") with { Details = Listed(names) }
        : new StaticCheck(id, CheckStatus.Fail, FindingSeverity.Error, $"the skill {what}: {string.Join(", ", names)}") { Details = Listed(names) };

    private static JsonObject Listed(IEnumerable<string> names) => new() { ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };
}
