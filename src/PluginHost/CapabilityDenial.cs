using System.Text.Json;
using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>A demand of a guest that was refused. The same in exceptions, receipts, records and JSON.</summary>
/// <param name="Capability">What was asked for.</param>
/// <param name="Resource">On what, in canonical form.</param>
/// <param name="Rule">The rule that refused.</param>
/// <param name="SmallestGrant">The smallest grant that would allow it, in words of the manifest.</param>
public sealed record CapabilityDenial(Capability Capability, string Resource, string Rule, string SmallestGrant)
{
    /// <summary>Its code.</summary>
    public string Code { get; init; } = "capability.denied";

    /// <summary>Where the rule is written, file and line, for instance <c>assets/capabilities.toml:12</c>; null where it is written nowhere.</summary>
    public string? Place { get; init; }

    /// <summary>The denial as a JSON object.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            Write(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Its fields, in the order of records.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("capability", Capability.Name);
        writer.WriteString("resource", Resource);
        writer.WriteString("decision", "deny");
        writer.WriteString("rule", Rule);
        writer.WriteString("code", Code);
        if (Place is not null)
        {
            writer.WriteString("place", Place);
        }

        writer.WriteString("allow", SmallestGrant);
    }
}
