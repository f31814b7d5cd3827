using System.Collections.Immutable;
using PluginHost.Library;
using PluginHost.Skills.Manifests;

namespace PluginHost.Lifecycle;

/// <summary>What the lines of the journal come to, at one moment.</summary>
internal sealed record LifecycleView
{
    private static readonly ImmutableSortedDictionary<string, string> NoTexts = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public static LifecycleView Empty { get; } = new();

    /// <summary>By payload digest.</summary>
    public ImmutableDictionary<string, VersionState> Payloads { get; private init; } = ImmutableDictionary.Create<string, VersionState>(StringComparer.Ordinal);

    /// <summary>The payload that was spoken of last, by skill and version, of those that were signed.</summary>
    public ImmutableDictionary<(string Skill, string Version), string> Versions { get; private init; } = ImmutableDictionary<(string, string), string>.Empty;

    /// <summary>The payload that is installed, by skill and version.</summary>
    public ImmutableDictionary<(string Skill, string Version), string> Library { get; private init; } = ImmutableDictionary<(string, string), string>.Empty;

    /// <summary>The current version of each installed skill.</summary>
    public ImmutableSortedDictionary<string, string> Current { get; private init; } = NoTexts;

    /// <summary>When the index of installed skills changed last; null where nothing was ever installed.</summary>
    public DateTimeOffset? IndexedAt { get; private init; }

    /// <summary>The index as it was before its last change; null where there was none.</summary>
    public InstalledIndex? IndexBefore { get; private init; }

    /// <summary>What is installed, sorted.</summary>
    public IEnumerable<InstalledSkill> Installed => Payloads.Values
        .Where(state => state.Installed is not null)
        .Select(state => state.Installed! with { Current = Current.GetValueOrDefault(state.Installed!.SkillId) == state.Installed.Version })
        .OrderBy(skill => skill.SkillId, StringComparer.Ordinal)
        .ThenBy(skill => SkillVersion.Parse(skill.Version));

    /// <summary>The index as it has to be; null where nothing was ever installed.</summary>
    public InstalledIndex? Index => IndexedAt is not { } at ? null : new InstalledIndex { SchemaVersion = 1, UpdatedAtUnixMs = at.ToUnixTimeMilliseconds(), Entries = [.. Installed] };

    /// <summary>Where some bytes stand; null where nothing is known of them.</summary>
    public VersionState? Of(string payload) => Payloads.GetValueOrDefault(payload);

    /// <summary>Where the bytes stand that were last spoken of as a version of a skill.</summary>
    public VersionState? Of(string skill, string version) => Versions.TryGetValue((skill, version), out var payload) ? Payloads[payload] : null;

    /// <summary>The installed version that is meant.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="version">The version; null for the current one.</param>
    public VersionState? Find(string skill, string? version) =>
        (version ?? Current.GetValueOrDefault(skill)) is { } meant && Library.TryGetValue((skill, meant), out var payload) ? Payloads[payload] : null;

    /// <summary>What speaks against running a package; null where nothing does.</summary>
    public SkillStatusException? Blocked(string skill, string version, string payload, bool isSigned) =>
        Of(payload)?.Blocked ?? (isSigned ? Of(skill, version)?.Blocked ?? (Of(payload) is null ? Held(skill, version) : null) : null);

    /// <summary>Bytes that nobody knows do not come in under the name of a version of which others are quarantined.</summary>
    private SkillStatusException? Held(string skill, string version) => Payloads.Values
        .FirstOrDefault(state => state.Hold is not null && state.Last.Change is { IsSigned: true } change && change.Skill == skill && change.Version == version)?.Blocked;

    /// <summary>The view after one more line.</summary>
    /// <param name="record">The line.</param>
    /// <param name="lifts">Whether a statement lifts a quarantine: an operator's, and another's than the one who imposed it by hand.</param>
    /// <exception cref="FormatException">It breaks the rules of the life of a skill, so nobody wrote it who keeps them.</exception>
    public LifecycleView After(LifecycleRecord record, Func<LifecycleRecord, LifecycleRecord, bool> lifts)
    {
        var change = record.Change;
        var before = Of(change.Payload);
        Check(before, change);

        // Whoever imposed a quarantine stays the one who did, whatever is said of the version meanwhile.
        var hold = change.To == SkillStatus.Quarantined ? before?.Hold ?? record
            : before?.Hold is { } held && lifts(held, record) ? null
            : before?.Hold;
        var installed = change.Installed ?? (change.To == SkillStatus.Removed ? null : before?.Installed);
        var after = this with
        {
            Payloads = Payloads.SetItem(change.Payload, new VersionState(change.To, record, hold, installed)),
            Versions = change.IsSigned ? Versions.SetItem((change.Skill, change.Version), change.Payload) : Versions,
            Library = installed is not null ? Library.SetItem((installed.SkillId, installed.Version), change.Payload)
                : before?.Installed is { } gone ? Library.Remove((gone.SkillId, gone.Version)) : Library,
            Current = change.Current switch
            {
                null => Current,
                "" => Current.Remove(change.Skill),
                var version => Current.SetItem(change.Skill, version),
            },
        };
        var changesIndex = change.Installed is not null || change.Current is not null || (installed is null && before?.Installed is not null);
        return changesIndex ? after with { IndexedAt = record.Time, IndexBefore = Index } : after;
    }

    private static void Check(VersionState? before, LifecycleChange change)
    {
        if (change.From != (before?.Status ?? SkillStatus.None))
        {
            throw new FormatException($"the lifecycle journal says that '{change.Skill}' {change.Version} was {StatusNames.Of(change.From)}, and it was {StatusNames.Of(before?.Status ?? SkillStatus.None)}");
        }

        foreach (var (from, to) in change.Way.Zip(change.Way.Skip(1)))
        {
            if (!LifecycleRules.Allows(from, to))
            {
                throw new FormatException($"the lifecycle journal says that '{change.Skill}' {change.Version} became {StatusNames.Of(to)} when it was {StatusNames.Of(from)}, which is not allowed");
            }
        }
    }
}
