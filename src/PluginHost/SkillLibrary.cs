using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Library.Registries;
using PluginHost.Lifecycle;

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
    private readonly LibraryShelf _shelf;
    private readonly LibraryAudit _audit;

    internal SkillLibrary(HostServices services, string path)
    {
        _services = services;
        _folder = new LibraryFolder(path);
        _skills = new InstalledSkills(services.Life.Journal, _folder, services.Shared is not null);
        _shelf = new LibraryShelf(_folder, _skills, services.Life);
        _audit = new LibraryAudit(services.Loads, () => new ReAudit(services.Inspection, services.Trust.Read, services.Trusts with { Now = services.Now }, _folder, services.Shared is not null));
        Installer = new SkillInstaller(services, _shelf);
    }

    /// <summary>What is installed, by id and version.</summary>
    /// <exception cref="SkillStateException">The library or the lifecycle journal was tampered with, or cannot be read.</exception>
    public IReadOnlyList<SkillLibraryEntry> List()
    {
        var view = _skills.View();
        return [.. view.Installed.Select(installed => LibraryChanges.Entry(view, view.Of(installed.PayloadSha256)!))];
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
        return Installer.Install(path, options, cancellationToken).Entry;
    }

    /// <summary>Installs a package, after waiting for its turn, as <see cref="Install(string, SkillLoadOptions?, CancellationToken)"/> does.</summary>
    /// <inheritdoc cref="Install(string, SkillLoadOptions?, CancellationToken)"/>
    public async Task<SkillLibraryEntry> InstallAsync(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return (await Installer.InstallAsync(path, null, options, cancellationToken).ConfigureAwait(false)).Entry;
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
        return (await Installer.InstallAsync(registry, (skillId, version), options, cancellationToken).ConfigureAwait(false)).Entry;
    }

    /// <summary>Installs what a registry offers where another version is current: the version that is named, else the highest.</summary>
    /// <returns>What was installed; null where that version is current already.</returns>
    /// <inheritdoc cref="InstallAsync(SkillRegistry, string, string?, SkillLoadOptions?, CancellationToken)"/>
    public async Task<SkillLibraryEntry?> UpdateAsync(SkillRegistry registry, string skillId, string? version = null, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(skillId);
        return (await Installer.UpdateAsync(registry, (skillId, version), null, options, cancellationToken).ConfigureAwait(false))?.Entry;
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
        using var turn = _shelf.Turn();
        var removed = _skills.Find(skillId, version).Installed!.Version;
        _shelf.Write(skillId, view => LibraryChanges.Removed(view, InstalledSkills.Find(view, skillId, removed), _shelf.Actor));
        _shelf.Drop(skillId, removed);
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
        using var turn = _shelf.Turn();
        _shelf.Write(skillId, view =>
        {
            var current = InstalledSkills.Find(view, skillId, null);
            var before = current.Installed!.RollbackSnapshot is { } snapshot && view.Find(skillId, snapshot.PreviousVersion) is { Installed: { } installed } found && installed.ArtifactSha256 == snapshot.PreviousArtifactSha256 ? found
                : throw new SkillVerificationException("policy", "rollback", $"no version of '{skillId}' was current before {current.Installed.Version}, or it is not installed any more");
            return before.Blocked is { } blocked ? throw blocked
                : current.Status != SkillStatus.Enabled ? throw new SkillVerificationException("policy", "rollback", $"'{skillId}' {current.Installed.Version} is not enabled: it is {StatusNames.Of(current.Status)}")
                : LibraryChanges.Of(current, "rolled_back", [SkillStatus.Enabled, SkillStatus.RolledBack], reason, _shelf.Actor) with { Current = snapshot.PreviousVersion };
        });
        return LibraryChanges.Entry(_skills.View(), _skills.Find(skillId, null));
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
        foreach (var installed in _services.Life.Journal.View.Installed.Where(installed => _services.Shared is null || _folder.Has(installed.SkillId, installed.Version)).ToList())
        {
            var findings = await _audit.CheckAsync(() => _services.Life.Journal.View, installed, (options ?? new SkillReAuditOptions()).MaxFeedAge, cancellationToken).ConfigureAwait(false);
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
        var (failed, quarantined) = (results.Count(result => result.Status == SkillReAuditStatus.Failed), results.Count(result => result.WasQuarantined));
        HostLog.ReAudited(_services.Logger, results.Count, failed, quarantined);

        // The journal says what is installed; that somebody edited the index is told once what runs was looked at.
        _skills.View();
        return results;
    }

    /// <summary>
    /// Follows a registry: keeps what it says, quarantines what it killed, takes over what became known of installed versions, and tells what it keeps quiet
    /// about. What it killed is refused from then on, wherever the package lies.
    /// </summary>
    /// <param name="registry">The registry: an index with a timestamp.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgumentException">It is a folder of packages, which says nothing.</exception>
    /// <exception cref="SkillVerificationException">The registry cannot be used, or its log forked.</exception>
    /// <exception cref="SkillStateException">The library or what is kept of the registry was tampered with, or cannot be written.</exception>
    /// <exception cref="IOException">The registry cannot be reached.</exception>
    public Task<SkillRegistryReport> SyncAsync(SkillRegistry registry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Registry is RemoteRegistry remote
            ? new RegistrySync(_services, _shelf, _services.Root!, AuditAgainAsync).RunAsync(remote, cancellationToken)
            : throw new ArgumentException("a folder of packages says nothing that could be followed", nameof(registry));
    }

    /// <summary>What a registry offers, those whose id or publisher holds a text, by id and version.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="text">The text, in whatever case; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SkillVerificationException">The registry cannot be used.</exception>
    /// <exception cref="SkillStateException">The host's own files cannot be read or written.</exception>
    /// <exception cref="IOException">The registry cannot be reached.</exception>
    public async Task<IReadOnlyList<SkillOffer>> SearchAsync(SkillRegistry registry, string? text = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var entries = await _services.Loads.ReadAsync(token => registry.Registry.ReadAsync(_services, token), cancellationToken).ConfigureAwait(false);
        return [.. entries.Where(entry => text is null || entry.SkillId.Contains(text, StringComparison.OrdinalIgnoreCase) || entry.Publisher.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.SkillId, StringComparer.Ordinal).ThenBy(entry => entry.Version)
            .Select(entry => new SkillOffer(entry.SkillId, entry.Version.ToString(), entry.Publisher, entry.ArtifactSha256, entry.ArtifactBytes))];
    }

    private async Task<SkillReAuditResult> AuditAgainAsync(InstalledSkill installed, CancellationToken cancellation) =>
        Quarantined(await _audit.CheckAsync(() => _services.Life.Journal.View, installed, new SkillReAuditOptions().MaxFeedAge, cancellation).ConfigureAwait(false));

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
        while (true)
        {
            var state = _skills.Find(skillId, version);
            try
            {
                return state.Blocked is { } blocked ? throw blocked : _folder.Read(state.Installed!);
            }
            catch (SkillStateException e) when (e.Code == "state.artifact" && _skills.View().Of(state.Installed!.PayloadSha256)?.Installed is null)
            {
                // Somebody removed it just now: that is what there is to say, or another version is current.
            }
        }
    }

    /// <summary>The current version of a skill; null where none is installed.</summary>
    internal SkillLibraryEntry? Current(string skillId)
    {
        var view = _skills.View();
        return view.Find(skillId, null) is { Installed: not null } state ? LibraryChanges.Entry(view, state) : null;
    }

    /// <summary>
    /// Takes back what was just installed and does not run: the version before is current again, whatever became of it meanwhile, and where this one was
    /// not installed before, it can be another time. Where another version became current since, that stays so.
    /// </summary>
    /// <param name="installation">What was installed.</param>
    /// <param name="reason">Why; goes on record.</param>
    internal void Withdraw(Installation installation, string reason)
    {
        var (installed, before) = (installation.Entry, installation.Before);
        using var turn = _shelf.Turn();
        if (installation.Kind == InstallationKind.Switched)
        {
            // Said of this version, not of the one before: of that, a quarantine may stand.
            _shelf.Write(installed.SkillId, view => before is not null && view.Current.GetValueOrDefault(installed.SkillId) == installed.Version && view.Find(installed.SkillId, before) is not null
                ? view.Find(installed.SkillId, installed.Version) is { } state ? LibraryChanges.Of(state, "withdrawn", [state.Status], reason, _shelf.Actor) with { Current = before } : null
                : null);
        }
        else if (_shelf.Write(installed.SkillId, view => Withdrawn(view, installed, before, reason)))
        {
            _shelf.Drop(installed.SkillId, installed.Version);
        }
    }

    /// <summary>Puts packages into it.</summary>
    internal SkillInstaller Installer { get; }

    /// <summary>For whoever only reads.</summary>
    internal InstalledSkills Skills => _skills;

    private LifecycleChange? Withdrawn(LifecycleView view, SkillLibraryEntry installed, string? before, string reason) =>
        view.Find(installed.SkillId, installed.Version) is { Installed: { } known } state && known.PayloadSha256 == installed.PayloadDigest
            ? LibraryChanges.Of(state, "removed", state.Status == SkillStatus.Enabled ? [SkillStatus.Enabled, SkillStatus.RolledBack, SkillStatus.Removed] : [state.Status, SkillStatus.Removed], reason, _shelf.Actor) with
            {
                Current = view.Current.GetValueOrDefault(installed.SkillId) != installed.Version ? null : before is not null && view.Find(installed.SkillId, before)?.Installed is not null ? before : "",
            }
            : null;
}
