using System.Collections.Immutable;
using PluginHost.Hosting;
using PluginHost.Lifecycle;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;

namespace PluginHost.Library;

/// <summary>What is written into the lifecycle journal when the library changes.</summary>
internal static class LibraryChanges
{
    /// <summary>A version becomes an installed one, and the current one of its skill.</summary>
    /// <exception cref="SkillException">It may not be, or is already.</exception>
    public static LifecycleChange Installed(LifecycleView view, InspectedSkill skill, InstalledSkill installed, LibraryTime when) =>
        view.Blocked(installed.SkillId, installed.Version, installed.PayloadSha256, isSigned: true) is { } blocked ? throw blocked
        : view.Find(installed.SkillId, installed.Version) is not null ? throw AlreadyInstalled(installed.SkillId, installed.Version)
        : Current(view, skill, installed, when, Way(view.Of(installed.PayloadSha256)?.Status ?? SkillStatus.None));

    /// <summary>An installed version becomes the current one.</summary>
    /// <exception cref="SkillException">It may not be, or is already.</exception>
    public static LifecycleChange Switched(LifecycleView view, InspectedSkill skill, InstalledSkill installed, LibraryTime when) =>
        view.Find(installed.SkillId, installed.Version) is not { } state || state.Installed!.ArtifactSha256 != installed.ArtifactSha256 || view.Current.GetValueOrDefault(installed.SkillId) == installed.Version
            ? throw AlreadyInstalled(installed.SkillId, installed.Version)
        : state.Blocked is { } blocked ? throw blocked
        : Current(view, skill, installed, when, [state.Status]);

    /// <summary>An installed version is one no more; where it was the current one, the highest of the others that may run is.</summary>
    public static LifecycleChange Removed(LifecycleView view, VersionState state, string actor)
    {
        var (skill, version) = (state.Installed!.SkillId, state.Installed.Version);
        var others = view.Installed.Where(other => other.SkillId == skill && other.Version != version).ToList();
        var next = (others.LastOrDefault(other => view.Of(other.PayloadSha256)?.Blocked is null) ?? others.LastOrDefault())?.Version;
        ImmutableArray<SkillStatus> way = state.Status == SkillStatus.Enabled ? [SkillStatus.Enabled, SkillStatus.Disabled, SkillStatus.Removed] : [state.Status, SkillStatus.Removed];
        return Of(state, "removed", way, "removed from the library", actor) with { Current = view.Current.GetValueOrDefault(skill) == version ? next ?? "" : null };
    }

    /// <summary>Something happens to a version that is known.</summary>
    public static LifecycleChange Of(VersionState state, string happened, ImmutableArray<SkillStatus> way, string reason, string actor) => state.Last.Change with
    {
        Event = happened,
        Way = way,
        Actor = actor,
        Reason = reason,
        Evidence = LifecycleEvidence.None,
        Installed = null,
        Current = null,
    };

    public static SkillVerificationException AlreadyInstalled(string skill, string version) => new("policy", "installed", $"'{skill}' {version} is installed already");

    /// <summary>What people are told of an installed version.</summary>
    public static SkillLibraryEntry Entry(LifecycleView view, VersionState state)
    {
        var installed = state.Installed!;
        return new SkillLibraryEntry(
            installed.SkillId,
            installed.Version,
            installed.Publisher,
            installed.PayloadSha256,
            view.Current.GetValueOrDefault(installed.SkillId) == installed.Version,
            state.Hold is not null ? SkillStatus.Quarantined : state.Status,
            (state.Hold ?? state.Last).Change.Reason,
            DateTimeOffset.FromUnixTimeMilliseconds(installed.InstalledAtUnixMs));
    }

    private static LifecycleChange Current(LifecycleView view, InspectedSkill skill, InstalledSkill installed, LibraryTime when, ImmutableArray<SkillStatus> way)
    {
        // Another machine may have made a higher one current since this one was accepted.
        var before = view.Find(installed.SkillId, null)?.Installed;
        return before is not null && !when.AllowDowngrade && SkillVersion.Parse(before.Version) is { } theirs && SkillVersion.Parse(installed.Version) is { } ours && theirs.CompareTo(ours) > 0
            ? throw new SkillVerificationException("trust", "downgrade", $"'{installed.SkillId}' {before.Version} became current meanwhile, which is newer than {installed.Version}")
            : Current(skill, installed with { RollbackSnapshot = before is null ? null : Snapshot(before, when.Now) }, when.Actor, before is null ? "installed" : "updated", way);
    }

    private static RollbackSnapshot Snapshot(InstalledSkill current, DateTimeOffset now) => new()
    {
        SchemaVersion = 1,
        PreviousVersion = current.Version,
        PreviousArtifactSha256 = current.ArtifactSha256,
        PreviousPayloadSha256 = current.PayloadSha256,
        CapturedAtUnixMs = now.ToUnixTimeMilliseconds(),
    };

    private static LifecycleChange Current(InspectedSkill skill, InstalledSkill installed, string actor, string happened, ImmutableArray<SkillStatus> way) => new()
    {
        Event = happened,
        Skill = installed.SkillId,
        Version = installed.Version,
        Publisher = installed.Publisher,
        Payload = installed.PayloadSha256,
        Way = way,
        Actor = actor,
        Reason = "every room before consent accepted it",
        Evidence = LifecycleRoom.Evidence(
            (LifecycleEvidence.Trust, installed.TrustDecision), (LifecycleEvidence.KeyId, skill.Signed.Signature.KeyId), (LifecycleEvidence.ArtifactDigest, installed.ArtifactSha256)),
        Installed = installed,
        Current = installed.Version,
    };

    /// <summary>What was loaded from a file before stays what it is.</summary>
    private static ImmutableArray<SkillStatus> Way(SkillStatus from) =>
        from == SkillStatus.Probation ? [from, .. Way(SkillStatus.Removed)]
        : from is SkillStatus.None or SkillStatus.Removed ? [from, SkillStatus.Installed, SkillStatus.Verified, SkillStatus.Eligible, SkillStatus.Enabled] : [from];
}
