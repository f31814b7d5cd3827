using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Library.Registries;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;

namespace PluginHost.Library;

/// <summary>Puts packages that every room before consent accepts into the library, from files and from registries.</summary>
/// <param name="services">The host.</param>
/// <param name="shelf">The library.</param>
internal sealed class SkillInstaller(HostServices services, LibraryShelf shelf)
{
    /// <summary>Installs a file, waiting on no task.</summary>
    public Installation Install(string path, SkillLoadOptions? options, CancellationToken cancellation)
    {
        var attempt = File(path, null, options);
        try
        {
            return attempt.Place(services.Loads.Execute(attempt.Verify, cancellation));
        }
        catch (SkillException e)
        {
            attempt.Refused(e);
            throw;
        }
    }

    /// <summary>Installs a file, on the thread pool, after waiting for its turn.</summary>
    /// <param name="path">The file.</param>
    /// <param name="check">Throws where what was verified is not what is wanted.</param>
    /// <param name="options">Whether it may go back to an older version.</param>
    /// <param name="cancellation">Ends it before anything is written.</param>
    public Task<Installation> InstallAsync(string path, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation) => InstallAsync(File(path, check, options), cancellation);

    /// <summary>Installs what a registry offers.</summary>
    /// <inheritdoc cref="UpdateAsync"/>
    public async Task<Installation> InstallAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, SkillLoadOptions? options, CancellationToken cancellation) =>
        await InstallAsync(registry, await PickAsync(registry, wanted, cancellation).ConfigureAwait(false), null, options, cancellation).ConfigureAwait(false);

    /// <summary>Installs what a registry offers, where another version is current.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="wanted">What is wanted of it.</param>
    /// <param name="check">Throws where what was verified is not what is wanted.</param>
    /// <param name="options">Whether it may go back to an older version.</param>
    /// <param name="cancellation">Ends it before anything is written.</param>
    public async Task<Installation?> UpdateAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation)
    {
        var entry = await PickAsync(registry, wanted, cancellation).ConfigureAwait(false);
        var version = entry.Version.ToString();
        return shelf.Skills.View().Find(wanted.SkillId, null)?.Installed is { } current && current.Version == version && shelf.Folder.Holds(current) ? null
            : await InstallAsync(registry, entry, check, options, cancellation).ConfigureAwait(false);
    }

    private async Task<Installation> InstallAsync(SkillRegistry registry, RegistryEntry entry, Action<InspectedSkill>? check, SkillLoadOptions? options, CancellationToken cancellation)
    {
        PackageSource source;
        try
        {
            source = await services.Loads.ReadAsync(token => registry.Registry.OpenAsync(entry, token), cancellation).ConfigureAwait(false);
            await registry.Registry.FollowLogAsync(services, cancellation).ConfigureAwait(false);
        }
        catch (SkillVerificationException e)
        {
            RecordRefused(e, (entry.SkillId, entry.Version.ToString()));
            throw;
        }

        return await InstallAsync(
            new Attempt(services, shelf, source with { RegistryKey = registry.Registry.KeyFor(services) }, registry.Registry.SourceOf(entry), skill => { entry.Check(skill); check?.Invoke(skill); }, options),
            cancellation).ConfigureAwait(false);
    }

    private async Task<Installation> InstallAsync(Attempt attempt, CancellationToken cancellation)
    {
        try
        {
            var skill = await services.Loads.ExecuteAsync(attempt.Verify, cancellation).ConfigureAwait(false);
            return await Task.Run(() => attempt.Place(skill), cancellation).ConfigureAwait(false);
        }
        catch (SkillException e)
        {
            attempt.Refused(e);
            throw;
        }
    }

    private Attempt File(string path, Action<InspectedSkill>? check, SkillLoadOptions? options) =>
        new(services, shelf, PackageSource.File(path), new InstalledSource(InstalledSource.LocalArtifact, Path.GetFullPath(path)), check, options);

    private async Task<RegistryEntry> PickAsync(SkillRegistry registry, (string SkillId, string? Version) wanted, CancellationToken cancellation)
    {
        try
        {
            return RegistryEntry.Pick(await registry.Registry.ReadAsync(services, cancellation).ConfigureAwait(false), wanted.SkillId, wanted.Version);
        }
        catch (SkillVerificationException e)
        {
            RecordRefused(e, wanted);
            throw;
        }
    }

    private void RecordRefused(SkillVerificationException reason, (string SkillId, string? Version) wanted) => services.Audit.AppendAfter("refusal", writer =>
    {
        writer.WriteString("code", reason.Code);
        writer.WriteString("skill", wanted.SkillId);
        writer.WriteString("version", wanted.Version ?? "");
        writer.WriteString("payload", "");
    }, out _);

    /// <summary>One package on its way into the library. It is read once.</summary>
    private sealed class Attempt
    {
        private readonly HostServices _services;
        private readonly LibraryShelf _shelf;
        private readonly InstalledSource _from;
        private readonly Action<InspectedSkill>? _check;
        private readonly SkillLoader _loader;
        private readonly SkillLoadOptions _options;
        private byte[]? _file;
        private byte[]? _evidence;

        public Attempt(HostServices services, LibraryShelf shelf, PackageSource source, InstalledSource from, Action<InspectedSkill>? check, SkillLoadOptions? options)
        {
            (_services, _shelf, _from, _check, _options) = (services, shelf, from, check, options ?? new SkillLoadOptions());
            _loader = new SkillLoader(services, source with { Read = () => _file ??= source.Read(), Evidence = () => _evidence ??= source.Evidence() }, _options);
        }

        /// <summary>Every room before consent.</summary>
        public InspectedSkill Verify(CancellationToken cancellation)
        {
            var skill = _loader.VerifyToInstall(cancellation).Skill;
            var chain = _services.Inspection.Chain;
            _evidence = new EvidenceMerge(skill.Signed, chain.IsBelieved, chain.Logs).Kept(_evidence ?? []);
            var shown = BundleLines.Envelopes(_evidence).Select(RegistrySync.IdOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
            if (_services.Registries.KeptBack(skill.Signed.Artifact.Payload, chain.IsBelieved, shown) is { } told)
            {
                throw new SkillVerificationException("policy", "registry-withheld", told);
            }

            if (!skill.Signed.IsSigned)
            {
                throw new SkillVerificationException("policy", "unsigned", "a package that nobody signed is not installed: adopt it first ('pluginhost skills adopt')");
            }

            _check?.Invoke(skill);
            LibraryFolder.CheckNames(skill.Signed);
            return skill;
        }

        /// <summary>Puts it into its place.</summary>
        public Installation Place(InspectedSkill skill)
        {
            var (id, version) = (skill.Manifest.SkillId, skill.Manifest.Version.ToString());
            var digest = Convert.ToHexStringLower(SHA256.HashData(_file!));
            using var turn = _shelf.Turn();
            var view = _shelf.Skills.View();
            var known = view.Find(id, version)?.Installed;
            var (isHere, isCurrent) = (known is not null && _shelf.Folder.Holds(known), view.Current.GetValueOrDefault(id) == version);
            if (known is not null && (known.ArtifactSha256 != digest || (isHere && isCurrent)))
            {
                throw LibraryChanges.AlreadyInstalled(id, version);
            }

            var kind = known is null ? InstallationKind.New : isCurrent ? InstallationKind.Joined : InstallationKind.Switched;
            if (known is null || !isHere)
            {
                Lay(skill, known ?? Installed(skill, digest), kind);
            }
            else
            {
                Switch(skill, known);
            }

            Follow(id);

            // Another machine may have removed it by now.
            view = _shelf.Skills.View();
            var state = InstalledSkills.Find(view, id, version);
            return new Installation(LibraryChanges.Entry(view, state), kind, state.Installed!.RollbackSnapshot?.PreviousVersion);
        }

        /// <summary>Puts on record why it was refused.</summary>
        public void Refused(SkillException reason) => _loader.Refused(reason);

        private LibraryTime When => new(_services.Now, _shelf.Actor, _options.AllowDowngrade);

        /// <summary>The journal's line is the installation. Where the index cannot follow it just now, whoever has the next turn lets it.</summary>
        private void Follow(string skill)
        {
            try
            {
                _shelf.Follow(skill);
            }
            catch (SkillStateException e)
            {
                _services.Audit.AppendAfter("lifecycle", writer =>
                {
                    writer.WriteString("event", "index-not-written");
                    writer.WriteString("skill", skill);
                    writer.WriteString("code", e.Code);
                }, out _);
            }
        }

        private void Switch(InspectedSkill skill, InstalledSkill installed)
        {
            _loader.Accept(skill, _ => _services.Life.Demand(skill.Signed));

            // What let it pass now has to be there when it is loaded.
            _shelf.Folder.WriteEvidence(installed.SkillId, installed.Version, _evidence!);
            _services.Life.Write(view => LibraryChanges.Switched(view, skill, installed, When));
        }

        private void Lay(InspectedSkill skill, InstalledSkill installed, InstallationKind kind)
        {
            var staged = _shelf.Folder.Stage(skill.Signed.Artifact, _file!, _evidence!, installed);
            try
            {
                _loader.Accept(skill, _ => _services.Life.Demand(skill.Signed));

                // What is there is a copy that was damaged, or one that nobody installed.
                _shelf.Folder.Drop(installed.SkillId, installed.Version);
                _shelf.Folder.Commit(staged, installed.SkillId, installed.Version);
                if (kind != InstallationKind.Joined)
                {
                    _services.Life.Write(view => kind == InstallationKind.New ? LibraryChanges.Installed(view, skill, installed, When) : LibraryChanges.Switched(view, skill, installed, When));
                }
            }
            catch
            {
                LibraryFolder.Discard(staged);
                Sweep();
                throw;
            }
        }

        /// <summary>Where the journal cannot be asked what counts, nothing is taken away: whoever has the next turn does.</summary>
        private void Sweep()
        {
            try
            {
                _shelf.Sweep();
            }
            catch (SkillStateException)
            {
                // See above; whoever installed learns why that failed.
            }
        }

        private InstalledSkill Installed(InspectedSkill skill, string digest)
        {
            var manifest = skill.Manifest;
            return new InstalledSkill
            {
                SkillId = manifest.SkillId,
                Version = manifest.Version.ToString(),
                Publisher = manifest.Publisher,
                Current = true,
                InstalledAtUnixMs = _services.Now.ToUnixTimeMilliseconds(),
                ArtifactSha256 = digest,
                PayloadSha256 = skill.Signed.Artifact.Payload,
                SignatureKeyId = skill.Signed.Signature.KeyId,
                TrustDecision = skill.Trusted.Evidence.Word,
                Source = _from,
                MissingSecrets = [.. manifest.Capabilities.Secrets.SelectMany(secrets => secrets.Keys.Select(key => new InstalledSecret(secrets.Scope, key)))],
            };
        }
    }
}
