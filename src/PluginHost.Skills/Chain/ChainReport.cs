using System.Collections.Immutable;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>The chain of a skill, and what it is worth.</summary>
internal sealed record ChainReport
{
    /// <summary>A skill of which nobody says anything.</summary>
    public static ChainReport Empty { get; } = new() { Grade = ChainGrade.Weak };

    /// <summary>All links, those that do not count among them, in the order of their times.</summary>
    public ImmutableArray<JudgedLink> Links { get; init; } = [];

    /// <summary>Lines that could not be read as links though they say to be.</summary>
    public ImmutableArray<UnreadLink> Unread { get; init; } = [];

    /// <summary>How many lines are no signed statements at all.</summary>
    public int Malformed { get; init; }

    public required ChainGrade Grade { get; init; }

    /// <summary>Why it has that grade.</summary>
    public string Why { get; init; } = "nobody but its publisher stands behind it";

    /// <summary>What a person should look at.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Why nothing of it is believed; null where it is.</summary>
    public string? Fabricated { get; init; }

    /// <summary>Whether that is a log that showed two trees.</summary>
    public bool IsForked { get; init; }

    /// <summary>What proves it: the documents that contradict each other.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Proof { get; init; } = [];

    /// <summary>Checkpoints of logs on which links that count stand.</summary>
    public ImmutableArray<Note> Seen { get; init; } = [];

    /// <summary>What speaks for the skill: how much trust flows to its audits.</summary>
    public int Positive { get; init; }

    /// <summary>What speaks against it.</summary>
    public int Negative { get; init; }

    /// <summary>Whether what speaks against it says that it is malicious.</summary>
    public bool IsMalicious { get; init; }

    /// <summary>The ways along which trust flows to its audits.</summary>
    public ImmutableArray<FlowPath> Paths { get; init; } = [];

    /// <summary>The ways along which trust flows to what speaks against it.</summary>
    public ImmutableArray<FlowPath> PathsAgainst { get; init; } = [];

    /// <summary>What the operator calls his narrators, by their keys.</summary>
    public ImmutableDictionary<string, string> Names { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What people who are believed have against it, in words.</summary>
    public ImmutableArray<string> Against { get; init; } = [];

    /// <summary>How its release stands in a log: 0 not at all, 500 logged, 1000 witnessed.</summary>
    public int Transparency { get; init; }

    /// <summary>Id of a statement of provenance about every module that the publisher signed apart from the package; null for none.</summary>
    public string? PublisherProvenance { get; init; }

    /// <summary>Different keys that audited it and are believed.</summary>
    public ImmutableHashSet<string> Auditors { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>How many of them are believed on the word of nobody who speaks for another of them, too, but the operator.</summary>
    public int IndependentAuditors { get; init; }

    /// <summary>Different keys by which a person reviewed it and which are believed.</summary>
    public ImmutableHashSet<string> Reviewers { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Where logs have a key's word that this is its release.</summary>
    public ImmutableArray<LoggedLink> PlacesOfRelease(string key) =>
        [.. Links.Where(link => link.Counts && link.Link.Kind == LinkKind.Authorship && link.Link.Narrator == key).SelectMany(link => link.Places).Where(place => place.HasQuorum)];

    /// <summary>Ids of the links that it stands on.</summary>
    public IEnumerable<string> Evidence => Links.Where(link => link.Counts).Select(link => link.Link.Id);
}
