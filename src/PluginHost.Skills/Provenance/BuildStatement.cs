using System.Text.Json;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Provenance;

/// <summary>The parts of a statement of build provenance that are looked at. What is not set is empty.</summary>
/// <param name="BuilderId">Who ran the build.</param>
/// <param name="BuildType">By which template.</param>
/// <param name="Parameters">Names of its external parameters.</param>
/// <param name="Source">What was built.</param>
internal sealed record BuildStatement(string BuilderId, string BuildType, IReadOnlyList<string> Parameters, ProvenanceSource? Source)
{
    public static BuildStatement Of(JsonElement statement)
    {
        var predicate = Member(statement, "predicate");
        var definition = Member(predicate, "buildDefinition");
        var parameters = Member(definition, "externalParameters");
        return new BuildStatement(
            Member(Member(predicate, "runDetails"), "builder").Text("id") ?? "",
            definition.Text("buildType") ?? "",
            parameters.ValueKind == JsonValueKind.Object ? [.. parameters.EnumerateObject().Select(parameter => parameter.Name)] : [],
            ProvenanceSource.Of(parameters));
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;
}
