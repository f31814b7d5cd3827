using System.Text;
using PluginHost.Hosting;

namespace PluginHost;

/// <summary>
/// What a person decides about before a skill is loaded. Names and texts in it were chosen by the publisher; <see cref="ToString"/>
/// shows them with everything escaped that a terminal or a reader could be fooled by.
/// </summary>
public sealed record ConsentRequest
{
    private const int MostWarnings = 10;
    private const int MostTools = 20;
    private const int MostWords = 200;

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

    /// <summary>When a skill signed with this key was first loaded here; null where none ever was.</summary>
    public DateTimeOffset? KnownSince { get; init; }

    /// <summary>The version that was accepted last; null where none is on record.</summary>
    public string? AcceptedVersion { get; init; }

    /// <summary>What is different from it.</summary>
    public IReadOnlyList<ConsentChange> Changes { get; init; } = [];

    /// <summary>What the static audit found, the heaviest first.</summary>
    public IReadOnlyList<SkillFinding> Findings { get; init; } = [];

    /// <summary>How much it is trusted, and who stands behind it.</summary>
    public required SkillScore Score { get; init; }

    /// <summary>The tools it offers.</summary>
    public required IReadOnlyList<SkillTool> Tools { get; init; }

    /// <summary>What it asks for.</summary>
    public required IReadOnlyList<RequestedCapability> Capabilities { get; init; }

    /// <summary>The request as text for a person, safe to print.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"\"{Printable.Words(Name)}\" ({Printable.Words(SkillId)} {Printable.Words(Version)})");
        text.AppendLine($"signed by \"{Printable.Words(Publisher)}\", key {KeyId}, {Trust}");
        text.AppendLine(KnownSince is { } since ? $"known here since {since.UtcDateTime:yyyy-MM-dd}" : "nothing signed with this key was ever loaded here");
        text.AppendLine(Printable.Text($"score {Score.Value} of 100{(Score.Threshold is { } threshold ? $" ({threshold} is asked for)" : "")}, {Score.Exposure.ToString().ToLowerInvariant()} exposure; chain {Score.Grade}: {Score.GradeReason}"));
        text.AppendLine($"payload {PayloadDigest}");
        if (AcceptedVersion is not null)
        {
            text.AppendLine(Printable.Text($"{AcceptedVersion} was accepted before; {(Changes.Count == 0 ? "nothing that is asked has changed" : "since then:")}"));
            foreach (var change in Changes.OrderByDescending(change => change.Widens))
            {
                text.AppendLine($"  {(change.Widens ? "WIDER" : "     ")} {change.Kind}: {Printable.Words(change.Text)}");
            }
        }

        text.AppendLine(Capabilities.Count == 0 ? "asks for nothing beyond computing" : "asks for:");
        foreach (var asked in Capabilities)
        {
            text.AppendLine($"  {asked.Capability}  {Printable.Words(asked.Resource)}{(asked.Detail.Length > 0 ? $"  ({Printable.Words(asked.Detail)})" : "")}");
            text.AppendLine($"      at worst: {asked.AtWorst}");
        }

        var warnings = Findings.Where(finding => finding.Severity == SkillFindingSeverity.Warning).ToList();
        if (warnings.Count > 0)
        {
            text.AppendLine("the static audit warns:");
            foreach (var finding in warnings.Take(MostWarnings))
            {
                text.AppendLine($"  {Printable.Words(finding.Location)}: {Printable.Words(finding.Message)} ({finding.Id})");
            }

            text.Append(warnings.Count > MostWarnings ? $"  and {warnings.Count - MostWarnings} more\n" : "");
        }

        // What it says of itself comes last and is cut: it must not push what is asked off the screen.
        text.AppendLine("offers, in its publisher's words:");
        foreach (var tool in Tools.Take(MostTools))
        {
            var words = Printable.Words(tool.Description);
            text.AppendLine($"  {Printable.Words(tool.Id)}: \"{(words.Length <= MostWords ? words : words[..MostWords] + "…")}\"");
        }

        text.Append(Tools.Count > MostTools ? $"  and {Tools.Count - MostTools} more\n" : "");
        return text.ToString();
    }
}
