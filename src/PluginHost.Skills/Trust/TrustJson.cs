using System.Text.Json.Serialization;

namespace PluginHost.Skills.Trust;

/// <summary>How the trust ledger is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectNullableAnnotations = true, WriteIndented = true)]
[JsonSerializable(typeof(TrustLedger))]
internal sealed partial class TrustJson : JsonSerializerContext;
