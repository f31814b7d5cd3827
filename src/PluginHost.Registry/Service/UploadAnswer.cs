using System.Text.Json;
using PluginHost.Hosting;
using PluginHost.Skills.Inspection;

namespace PluginHost.Registry.Service;

/// <summary>What a registry says that it took.</summary>
/// <param name="Skill">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Payload">Lower hex payload digest.</param>
/// <param name="Links">Links about it.</param>
/// <param name="Logged">How many of them are new in the log.</param>
internal sealed record UploadAnswer(string Skill, string Version, string Payload, int Links, int Logged)
{
    /// <summary>Reads an answer; null where it is none.</summary>
    public static UploadAnswer? Read(JsonElement answer) =>
        answer.Text("skill_id") is { } skill && answer.Text("version") is { } version && answer.Text("payload_sha256") is { } payload && Number(answer, "links") is { } links && Number(answer, "logged") is { } logged
            ? new UploadAnswer(Printable.Text(skill), Printable.Text(version), Printable.Text(payload), links, logged)
            : null;

    private static int? Number(JsonElement answer, string name) => answer.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
}
