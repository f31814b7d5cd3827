using System.Text.Json.Serialization;

namespace PluginHost.State;

/// <summary>How the state's generation and its mark elsewhere are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StateGeneration))]
[JsonSerializable(typeof(StateMark))]
internal sealed partial class StateJson : JsonSerializerContext;
