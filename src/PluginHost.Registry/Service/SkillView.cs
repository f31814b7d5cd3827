using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Hosting;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Service;

/// <summary>What the page of a version shows, as text.</summary>
internal sealed record SkillView
{
    /// <summary>Its payload digest.</summary>
    public string Payload { get; init; } = "";

    /// <summary>Why it cannot be judged at all; null where it can.</summary>
    public string? Refusal { get; init; }

    /// <summary>Its score, 0 to 100, and what that is at most with its chain.</summary>
    public (int Value, int Cap)? Score { get; init; }

    /// <summary>Its grade, what that means, and why.</summary>
    public string Grade { get; init; } = "";

    /// <summary>How much power it asks for.</summary>
    public string Exposure { get; init; } = "";

    /// <summary>What the score is made of.</summary>
    public ImmutableArray<(string Name, int Weight, int Value, string Why)> Components { get; init; } = [];

    /// <summary>The chain, drawn.</summary>
    public ImmutableArray<string> Chain { get; init; } = [];

    /// <summary>The ways along which trust flows to its audits.</summary>
    public ImmutableArray<string> Ways { get; init; } = [];

    /// <summary>The ways along which trust flows to what speaks against it.</summary>
    public ImmutableArray<string> WaysAgainst { get; init; } = [];

    /// <summary>Links that do not count, and why.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    /// <summary>What a person should look at.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Where its links stand in logs.</summary>
    public ImmutableArray<(string Link, string What, string Place)> Log { get; init; } = [];

    /// <summary>What rules found in it.</summary>
    public ImmutableArray<(string Severity, string Rule, string Place, string Message)> Findings { get; init; } = [];

    /// <summary>What a judgement comes to.</summary>
    public static SkillView Of(PackageJudgement judged)
    {
        var (chain, score) = (judged.Judgement.Chain, judged.Judgement.Score);
        return new SkillView
        {
            Payload = judged.Skill.Signed.Artifact.Payload,
            Refusal = judged.Refusal is { } refused ? $"{refused.Code}: {refused.Message}" : null,
            Score = (score.Value, score.Cap),
            Grade = $"{ChainGrades.NameOf(chain.Grade)} ({ChainGrades.MeaningOf(chain.Grade)}): {chain.Why}",
            Exposure = judged.Judgement.Exposure.ToString().ToLowerInvariant(),
            Components = [.. score.Components.Select(component => (component.Name, component.Weight, component.Value, component.Why + ChainText.Names(component.Evidence)))],
            Chain = [.. ChainText.Draw(chain)],
            Ways = [.. chain.Paths.Select(path => ChainText.Way(path, chain))],
            WaysAgainst = [.. chain.PathsAgainst.Select(path => ChainText.Way(path, chain))],
            Ignored = [.. ChainText.Ignored(chain)],
            Warnings = chain.Warnings,
            Log = [.. chain.Links.Where(link => link.Counts || link.Places.Length > 0).SelectMany(link => link.Places.DefaultIfEmpty().Select(place => (link.Link.Id, Label(link), Place(place))))],
            Findings = [.. (judged.Scan?.Findings ?? []).Select(finding => (finding.Severity.ToString().ToLowerInvariant(), finding.Id, finding.Location, finding.Message))],
        };
    }

    private static string Label(JudgedLink link) => $"{LinkKinds.NameOf(link.Link.Role)} {ChainText.Narrator(link)}{(link.Counts ? "" : " (does not count)")}";

    private static string Place(LoggedLink? place) => place is null ? "not proven" : string.Create(CultureInfo.InvariantCulture, $"{place.Origin}, entry {place.Index}{(place.IsWitnessed ? ", witnessed" : "")}");
}
