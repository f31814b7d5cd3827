using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace PluginHost.Registry.Publishing;

/// <summary>JSON without reflection.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class JsonContext : JsonSerializerContext;
