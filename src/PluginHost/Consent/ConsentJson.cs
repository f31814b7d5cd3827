using System.Text.Json.Serialization;

namespace PluginHost.Consent;

/// <summary>How consents are written to their file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConsentFile))]
[JsonSerializable(typeof(ConsentTerms))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class ConsentJson : JsonSerializerContext;
