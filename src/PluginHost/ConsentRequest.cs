using System.Text;
using PluginHost.Hosting;

namespace PluginHost;

/// <summary>
/// What a person decides about before a skill is loaded. Names and texts in it were chosen by the publisher; <see cref="ToString"/>
/// shows them with everything escaped that a terminal or a reader could be fooled by.
/// </summary>
public sealed record ConsentRequest
{
    internal ConsentRequest()
    {
    }

    /// <summary>Id of the skill.</summary>
    public required string SkillId { get; init; }

    /// <summary>Its name, as the publisher wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Who signed it.</summary>
    public required string Publisher { get; init; }

    /// <summary>The key it is signed with, <c>ed25519:</c> and 16 hexadecimal digits.</summary>
    public required string KeyId { get; init; }

    /// <summary>Why that key is trusted.</summary>
    public required string Trust { get; init; }

    /// <summary>Lower hex SHA-256 over everything that is signed. Consent is given to this digest and no other.</summary>
    public required string PayloadDigest { get; init; }

    /// <summary>The tools it offers.</summary>
    public required IReadOnlyList<SkillTool> Tools { get; init; }

    /// <summary>What it asks for.</summary>
    public required IReadOnlyList<RequestedCapability> Capabilities { get; init; }

    /// <summary>The request as text for a person, safe to print.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(Printable.Text($"{Name} ({SkillId} {Version})"));
        text.AppendLine(Printable.Text($"signed by {Publisher}, key {KeyId}, {Trust}"));
        text.AppendLine($"payload {PayloadDigest}");
        foreach (var tool in Tools)
        {
            text.AppendLine(Printable.Text($"  tool {tool.Id}: {tool.Description}"));
        }

        text.AppendLine(Capabilities.Count == 0 ? "asks for nothing beyond computing" : "asks for:");
        foreach (var asked in Capabilities)
        {
            text.AppendLine(Printable.Text($"  {asked.Capability}  {asked.Resource}{(asked.Detail.Length > 0 ? $"  ({asked.Detail})" : "")}"));
        }

        return text.ToString();
    }
}
