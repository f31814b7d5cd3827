using System.Text.Json.Serialization;

namespace PluginHost.Library;

/// <summary>How installed skills are written: Palyra's names, what is absent left out, unknown fields refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(InstalledIndex))]
[JsonSerializable(typeof(InstalledSkill))]
[JsonSerializable(typeof(InstallMetadata))]
internal sealed partial class InstalledJson : JsonSerializerContext;
