using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Library;

/// <summary>An installed skill in the fields of Palyra's reports.</summary>
internal static class InventoryJson
{
    /// <param name="view">What the lifecycle journal says.</param>
    /// <param name="installed">The skill.</param>
    /// <param name="manifest">Its manifest; null where its package cannot be read.</param>
    /// <param name="problem">Why it cannot.</param>
    public static JsonObject Of(LifecycleView view, InstalledSkill installed, SkillManifest? manifest, string? problem)
    {
        var state = view.Of(installed.PayloadSha256)!;
        var json = JsonSerializer.SerializeToNode(installed, InstalledJson.Default.InstalledSkill)!.AsObject();
        var held = state.Hold ?? (state.Status == SkillStatus.Enabled ? null : state.Last);
        var status = state.Hold is not null ? SkillStatus.Quarantined : state.Status;
        json["install_state"] = installed.Current ? "installed_current" : "installed_superseded";
        json["skill_name"] = manifest?.Name;
        json["tool_count"] = manifest?.Tools.Length;
        json["runtime_status"] = new JsonObject
        {
            ["status"] = status == SkillStatus.Enabled ? "active" : StatusNames.Of(status),
            ["source"] = "journal",
            ["quarantine_status"] = state.Hold is null ? "not_quarantined" : "quarantined",
            ["reason"] = held?.Change.Reason,
            ["detected_at_ms"] = held?.Time.ToUnixTimeMilliseconds(),
            ["operator_principal"] = held?.Change.Actor,
        };
        json["requirements"] = manifest is null ? null : new JsonObject
        {
            ["required_protocol_major"] = manifest.Compatibility.ProtocolMajor,
            ["min_palyra_version"] = manifest.Compatibility.MinimumHost.ToString(),
        };
        List<string> reasons = [.. new[] { state.Blocked?.Message, problem }.OfType<string>()];
        json["eligibility"] = new JsonObject
        {
            ["status"] = reasons.Count == 0 ? "eligible" : "blocked",
            ["eligible"] = reasons.Count == 0,
            ["reasons"] = new JsonArray([.. reasons.Select(reason => (JsonNode)reason)]),
        };
        return json;
    }
}
