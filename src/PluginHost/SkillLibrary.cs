using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Library.Registries;
using PluginHost.Lifecycle;
using PluginHost.Skills.Inspection;

namespace PluginHost;

/// <summary>
/// The skills that are installed in the state directory of a host. Several processes may use one library at once; whatever a process was doing when it
/// died was either done or not.
/// </summary>
public sealed class SkillLibrary
{
    private readonly HostServices _services;
    private readonly LibraryFolder _folder;
    private readonly InstalledSkills _skills;

    internal SkillLibrary(HostServices services, string path)
    {
        _services = services;
        _folder = new LibraryFolder(path);
        _skills = new InstalledSkills(services.Life.Journal, _folder, services.Shared is not null);
    }

    /// <summary>What is installed, by id and version.</summary>
    /// <exception cref="SkillStateException">The library or the lifecycle journal was tampered with, or cannot be read.</exception>
    public IReadOnlyList<SkillLibraryEntry> List()
    {
        var view = _skills.View();
        return [.. view.Installed.Select(installed => Entry(view, view.Of(installed.PayloadSha256)!))];
    }

    /// <summary>
    /// Installs a package that every room before consent accepts, and makes it the current version of its skill. Consent is asked for when it is loaded.
    /// </summary>
    /// <param name="path">File of the package.</param>
    /// <param name="options">Whether it may go back to an older version.</param>
    /// <param name="cancellationToken">Ends it before anything is written.</param>
    /// <exception cref="SkillVerificationException">A room refused the package, or this version is installed.</exception>
    /// <exception cref="SkillStatusException">Somebody decided against this version.</exception>
    /// <exception cref="SkillLimitException">It took too long, or too many packages are verified already.</exception>
    /// <exception cref="SkillStateException">The library was tampered with, or cannot be written.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public SkillLibraryEntry Install(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Install(path, null, options, cancellationToken).Entry;
    }

    /// <summary>Installs a package that a registry offers, as <see cref="Install(string, SkillLoadOptions?, CancellationToken)"/> does.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="skillId">The skill.</param>
    /// <param name="version">Its version; null for the highest.</param>
    /// <param name="options">Whether it may go back to an older version.</param>
    /// <param name="cancellationToken">Ends it before anything is written.</param>
    /// <exception cref="SkillVerificationException">The registry cannot be used or does not offer it, a room refused the package, or this version is installed.</exception>
    /// <exception cref="SkillStatusException">Somebody decided against this version.</exception>
    /// <exception cref="SkillLimitException">It took too long, or too many packages are verified already.</exception>
    /// <exception cref="SkillStateException">The library was tampered with, or cannot be written.</exception>
    /// <exception cref="IOException">The registry cannot be reached.</exception>
    public async Task<SkillLibraryEntry> InstallAsync(SkillRegistry registry, string skillId, string? version = null, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(skillId);
        return (await InstallAsync(registry, (skillId, version), null, options, cancellationToken).ConfigureAwait(false)).Entry;
    }

    /// <summary>Installs what a registry offers where another version is current: the version that is named, else the highest.</summary>
    /// <returns>What was installed; null where that version is current already.</returns>
    /// <inheritdoc cref="InstallAsync(SkillRegistry, string, string?, SkillLoadOptions?, CancellationToken)"/>
    public async Task<SkillLibraryEntry?> UpdateAsync(SkillRegistry registry, string skillId, string? version = null, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(skillId);
        return (await UpdateAsync(registry, (skillId, version), null, options, cancellationToken).ConfigureAwait(false))?.Entry;
    }

    /// <param name="registry">The registry.</param>
    /// <param name="wanted">What is wanted of it.</param>
    /// <param name="check">Throws where what was verified is not what is wanted.</param>
    /// <param name="options">Whether it may go back to an older version.</param>
    /// <param name="cancellation">Ends it before anything is written.</param>
    internal async Task<Installation?> UpdateAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation)
    {
        var entry = await PickAsync(registry, wanted, cancellation).ConfigureAwait(false);
        var version = entry.Version.ToString();
        return _skills.View().Find(wanted.SkillId, null)?.Installed?.Version == version && _folder.Has(wanted.SkillId, version) ? null
            : await InstallAsync(registry, entry, check, options, cancellation).ConfigureAwait(false);
    }

    internal Installation Install(string path, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation) =>
        Install(PackageSource.File(path), new InstalledSource(InstalledSource.LocalArtifact, Path.GetFullPath(path)), check, options, cancellation);

    private async Task<Installation> InstallAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation) =>
        await InstallAsync(registry, await PickAsync(registry, wanted, cancellation).ConfigureAwait(false), check, options, cancellation).ConfigureAwait(false);

    private async Task<RegistryEntry> PickAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, CancellationToken cancellation)
    {
        try
        {
            return RegistryEntry.Pick(await registry.Registry.ReadAsync(_services, cancellation).ConfigureAwait(false), wanted.SkillId, wanted.Version);
        }
        catch (SkillVerificationException e)
        {
            RecordRefused(e, wanted);
            throw;
        }
    }

    private async Task<Installation> InstallAsync(SkillRegistry registry, RegistryEntry entry, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation)
    {
        PackageSource source;
        try
        {
            source = await registry.Registry.OpenAsync(entry, cancellation).ConfigureAwait(false);
        }
        catch (SkillVerificationException e)
        {
            RecordRefused(e, (entry.SkillId, entry.Version.ToString()));
            throw;
        }

        return Install(source with { RegistryKey = registry.Registry.KeyFor(_services) }, registry.Registry.SourceOf(entry), skill => { entry.Check(skill); check?.Invoke(skill); }, options, cancellation);
    }

    private void RecordRefused(SkillVerificationException reason, (string SkillId, string? Version) wanted) => _services.Audit.AppendAfter("refusal", writer =>
    {
        writer.WriteString("code", reason.Code);
        writer.WriteString("skill", wanted.SkillId);
        writer.WriteString("version", wanted.Version ?? "");
        writer.WriteString("payload", "");
    }, out _);

    private Installation Install(PackageSource source, InstalledSource from, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation)
    {
        var file = source.Read();
        var evidence = source.Evidence();
        var loader = new SkillLoader(_services, source with { Read = () => file, Evidence = () => evidence }, options ?? new SkillLoadOptions());
        try
        {
            var skill = _services.Loads.Execute(loader.VerifyToInstall, cancellation).Skill;
            if (!skill.Signed.IsSigned)
            {
                throw new SkillVerificationException("policy", "unsigned", "a package that nobody signed is not installed: adopt it first ('pluginhost skills adopt')");
            }

            check?.Invoke(skill);
            LibraryFolder.CheckNames(skill.Signed);
            using var turn = _folder.Turn();
            Settle();
            return Install(loader, skill, file, evidence, from);
        }
        catch (SkillException e)
        {
            loader.Refused(e);
            throw;
        }
    }

    private Installation Install(SkillLoader loader, InspectedSkill skill, byte[] file, byte[] evidence, InstalledSource from)
    {
        var manifest = skill.Manifest;
        var (id, version, digest) = (manifest.SkillId, manifest.Version.ToString(), Convert.ToHexStringLower(SHA256.HashData(file)));
        var known = _skills.View().Find(id, version)?.Installed;
        if (known is not null && (_folder.Has(id, version) || known.ArtifactSha256 != digest))
        {
            throw AlreadyInstalled(id, version);
        }

        var now = _services.Now;
        var installed = known ?? new InstalledSkill
        {
            SkillId = id,
            Version = version,
            Publisher = manifest.Publisher,
            Current = true,
            InstalledAtUnixMs = now.ToUnixTimeMilliseconds(),
            ArtifactSha256 = digest,
            PayloadSha256 = skill.Signed.Artifact.Payload,
            SignatureKeyId = skill.Signed.Signature.KeyId,
            TrustDecision = skill.Trusted.Evidence.Word,
            Source = from,
            MissingSecrets = [.. manifest.Capabilities.Secrets.SelectMany(secrets => secrets.Keys.Select(key => new InstalledSecret(secrets.Scope, key)))],
            RollbackSnapshot = Snapshot(id, now),
        };
        var staged = _folder.Stage(skill.Signed.Artifact, file, evidence, installed);
        try
        {
            loader.Accept(skill, _ => _services.Life.Demand(skill.Signed));
            _folder.Commit(staged, id, version);

            // Another machine's installation of the very same package is joined, not repeated.
            if (known is null)
            {
                _services.Life.Write(view => Installed(view, skill, installed));
            }
        }
        catch
        {
            LibraryFolder.Discard(staged);
            _folder.Sweep([.. _services.Life.Journal.View.Installed]);
            throw;
        }

        Written(id);
        return new Installation(Entry(_skills.View(), _skills.View().Find(id, version)!), known is null);
    }

    /// <summary>Removes an installed version. What runs of it is stopped; a quarantine is not lifted by it.</summary>
    /// <param name="skillId">The skill.</param>
    /// <param name="version">The version; null for the current one, after which the highest of the others is current.</param>
    /// <returns>The version.</returns>
    /// <exception cref="SkillVerificationException">It is not installed.</exception>
    /// <exception cref="SkillStateException">The library was tampered with, or cannot be written.</exception>
    public string Remove(string skillId, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(skillId);
        using var turn = _folder.Turn();
        Settle();
        var removed = _skills.Find(skillId, version).Installed!.Version;
        _services.Life.Write(view => InstalledSkills.Find(view, skillId, removed) is var state && state.Status == SkillStatus.Enabled
            ? Removed(view, state, [SkillStatus.Enabled, SkillStatus.Disabled, SkillStatus.Removed])
            : Removed(view, state, [state.Status, SkillStatus.Removed]));
        Written(skillId);
        _folder.Drop(skillId, removed);
        _folder.Point(skillId, _services.Life.Journal.View.Current.GetValueOrDefault(skillId));
        return removed;
    }

    /// <summary>Gives the current version up for the one before it. What runs of it is stopped, and it is refused until an operator enables it.</summary>
    /// <param name="skillId">The skill.</param>
    /// <param name="reason">Why; goes on record.</param>
    /// <returns>The version that is current now.</returns>
    /// <exception cref="SkillVerificationException">There is none before it, or it is not installed.</exception>
    /// <exception cref="SkillStateException">The library was tampered with, or cannot be written.</exception>
    public SkillLibraryEntry Rollback(string skillId, string reason)
    {
        ArgumentNullException.ThrowIfNull(skillId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        using var turn = _folder.Turn();
        Settle();
        _services.Life.Write(view =>
        {
            var current = InstalledSkills.Find(view, skillId, null);
            var before = current.Installed!.RollbackSnapshot is { } snapshot && view.Find(skillId, snapshot.PreviousVersion) is { Installed: { } installed } found && installed.ArtifactSha256 == snapshot.PreviousArtifactSha256 ? found
                : throw new SkillVerificationException("policy", "rollback", $"no version of '{skillId}' was current before {current.Installed.Version}, or it is not installed any more");
            return before.Blocked is { } blocked ? throw blocked
                : current.Status != SkillStatus.Enabled ? throw new SkillVerificationException("policy", "rollback", $"'{skillId}' {current.Installed.Version} is not enabled: it is {StatusNames.Of(current.Status)}")
                : Change(current, "rolled_back", [SkillStatus.Enabled, SkillStatus.RolledBack], reason) with { Current = snapshot.PreviousVersion };
        });
        Written(skillId);
        return Entry(_skills.View(), _skills.Find(skillId, null));
    }

    /// <summary>
    /// Audits what is installed again, as of now: bytes against the index, trust and revocations, provenance and other evidence, the bill of materials
    /// against known vulnerabilities, and the static audit.
    /// </summary>
    /// <param name="quarantine">Whether what fails is quarantined.</param>
    /// <param name="options">How old a feed may be.</param>
    /// <param name="progress">Told of each version.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SkillStateException">The library was tampered with, or cannot be read.</exception>
    public async Task<IReadOnlyList<SkillReAuditResult>> ReAuditAsync(
        bool quarantine, SkillReAuditOptions? options = null, IProgress<SkillReAuditResult>? progress = null, CancellationToken cancellationToken = default)
    {
        var results = new List<SkillReAuditResult>();
        foreach (var installed in _skills.View().Installed.Where(installed => _services.Shared is null || _folder.Has(installed.SkillId, installed.Version)).ToList())
        {
            var findings = await CheckAsync(installed, (options ?? new SkillReAuditOptions()).MaxFeedAge, cancellationToken).ConfigureAwait(false);
            results.Add(quarantine ? Quarantined(findings) : findings.Result(false));
            progress?.Report(results[^1]);
        }

        _services.Audit.AppendAfter("lifecycle", writer =>
        {
            writer.WriteString("event", "re-audit");
            foreach (var status in Enum.GetValues<SkillReAuditStatus>())
            {
                writer.WriteNumber(status.ToString().ToLowerInvariant(), results.Count(result => result.Status == status));
            }

            writer.WriteNumber("quarantined", results.Count(result => result.WasQuarantined));
        }, out _);
        return results;
    }

    /// <summary>Audits one installed version. What goes wrong on the way is a finding, too.</summary>
    private async Task<ReAuditFindings> CheckAsync(InstalledSkill installed, TimeSpan maxFeedAge, CancellationToken cancellation)
    {
        try
        {
            var view = _skills.View();
            return await _services.Loads.ExecuteAsync(token => new ReAudit(_services.Inspection, _services.Trust.Read, _services.Trusts with { Now = _services.Now }, _folder, _services.Shared is not null).Check(view, installed, maxFeedAge, token), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SkillException or IOException or UnauthorizedAccessException)
        {
            return new ReAuditFindings(installed, SkillReAuditStatus.Unknown, [e is SkillException refused ? $"{refused.Code}: {refused.Message}" : $"state.library: {e.Message}"]);
        }
    }

    /// <summary>What cannot be put on record for one version does not keep the others from being looked at.</summary>
    private SkillReAuditResult Quarantined(ReAuditFindings findings)
    {
        try
        {
            return findings.Result(_services.Life.Write(view => findings.Quarantine(view, _services.Life.Actor)) is not null);
        }
        catch (SkillException e)
        {
            var result = findings.Result(false);
            return result with { Reasons = [.. result.Reasons, $"{e.Code}: {e.Message}"] };
        }
    }

    /// <summary>The package of an installed version.</summary>
    /// <exception cref="SkillException">It is not installed, may not run, or is not the one that was installed.</exception>
    internal PackageSource Open(string skillId, string? version)
    {
        var state = _skills.Find(skillId, version);
        return state.Blocked is { } blocked ? throw blocked : _folder.Read(state.Installed!);
    }

    /// <summary>The current version of a skill; null where none is installed.</summary>
    internal SkillLibraryEntry? Current(string skillId)
    {
        var view = _skills.View();
        return view.Find(skillId, null) is { Installed: not null } state ? Entry(view, state) : null;
    }

    /// <summary>
    /// Takes back what was just installed and does not run: the version before is current again, whatever became of it meanwhile, and this one can be
    /// installed another time. Where another version became current since, that stays so.
    /// </summary>
    /// <param name="installed">What was installed.</param>
    /// <param name="before">The version that was current before; null for none.</param>
    /// <param name="reason">Why; goes on record.</param>
    internal void Withdraw(SkillLibraryEntry installed, string? before, string reason)
    {
        using var turn = _folder.Turn();
        Settle();
        var written = _services.Life.Write(view => view.Find(installed.SkillId, installed.Version) is { Installed: { } known } state && known.PayloadSha256 == installed.PayloadDigest
            ? Change(state, "removed", state.Status == SkillStatus.Enabled ? [SkillStatus.Enabled, SkillStatus.RolledBack, SkillStatus.Removed] : [state.Status, SkillStatus.Removed], reason) with
            {
                Current = view.Current.GetValueOrDefault(installed.SkillId) != installed.Version ? null : before is not null && view.Find(installed.SkillId, before)?.Installed is not null ? before : "",
            }
            : null);
        if (written is not null)
        {
            Written(installed.SkillId);
            _folder.Drop(installed.SkillId, installed.Version);
        }
    }

    /// <summary>For whoever only reads.</summary>
    internal InstalledSkills Skills => _skills;

    /// <summary>Completes what a process left that died. Whoever calls has the turn.</summary>
    private void Settle()
    {
        var view = _skills.View();
        _skills.WriteIndex();
        _folder.Sweep([.. view.Installed]);
        foreach (var (skill, version) in view.Current)
        {
            _folder.Point(skill, version);
        }
    }

    private void Written(string skill)
    {
        _skills.WriteIndex();
        var view = _services.Life.Journal.View;
        _folder.Point(skill, view.Current.GetValueOrDefault(skill));
    }

    private RollbackSnapshot? Snapshot(string skill, DateTimeOffset now) => _skills.View().Find(skill, null)?.Installed is not { } current ? null : new RollbackSnapshot
    {
        SchemaVersion = 1,
        PreviousVersion = current.Version,
        PreviousArtifactSha256 = current.ArtifactSha256,
        PreviousPayloadSha256 = current.PayloadSha256,
        CapturedAtUnixMs = now.ToUnixTimeMilliseconds(),
    };

    private LifecycleChange Installed(LifecycleView view, InspectedSkill skill, InstalledSkill installed) => view.Blocked(installed.SkillId, installed.Version, installed.PayloadSha256, isSigned: true) is { } blocked ? throw blocked
        : view.Find(installed.SkillId, installed.Version) is not null ? throw AlreadyInstalled(installed.SkillId, installed.Version)
        : new LifecycleChange
    {
        Event = view.Current.ContainsKey(installed.SkillId) ? "updated" : "installed",
        Skill = installed.SkillId,
        Version = installed.Version,
        Publisher = installed.Publisher,
        Payload = installed.PayloadSha256,
        Way = Way(view.Of(installed.PayloadSha256)?.Status ?? SkillStatus.None),
        Actor = _services.Life.Actor,
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

    private LifecycleChange Removed(LifecycleView view, VersionState state, ImmutableArray<SkillStatus> way)
    {
        var (skill, version) = (state.Installed!.SkillId, state.Installed.Version);
        var others = view.Installed.Where(other => other.SkillId == skill && other.Version != version).ToList();
        var next = (others.LastOrDefault(other => view.Of(other.PayloadSha256)?.Blocked is null) ?? others.LastOrDefault())?.Version;
        return Change(state, "removed", way, "removed from the library") with { Current = view.Current.GetValueOrDefault(skill) == version ? next ?? "" : null };
    }

    private LifecycleChange Change(VersionState state, string happened, ImmutableArray<SkillStatus> way, string reason) => state.Last.Change with
    {
        Event = happened,
        Way = way,
        Actor = _services.Life.Actor,
        Reason = reason,
        Evidence = LifecycleEvidence.None,
        Installed = null,
        Current = null,
    };

    private static SkillVerificationException AlreadyInstalled(string skill, string version) => new("policy", "installed", $"'{skill}' {version} is installed already");

    private static SkillLibraryEntry Entry(LifecycleView view, VersionState state)
    {
        var installed = state.Installed!;
        var held = state.Hold is not null;
        return new SkillLibraryEntry(
            installed.SkillId,
            installed.Version,
            installed.Publisher,
            installed.PayloadSha256,
            view.Current.GetValueOrDefault(installed.SkillId) == installed.Version,
            held ? SkillStatus.Quarantined : state.Status,
            (state.Hold ?? state.Last).Change.Reason,
            DateTimeOffset.FromUnixTimeMilliseconds(installed.InstalledAtUnixMs));
    }
}
