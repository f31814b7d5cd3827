using PluginHost.Hosting;

namespace PluginHost.Library.Registries;

/// <summary>Where packages are offered. It has no authority over what it offers: whatever comes from it passes every room.</summary>
internal interface IRegistry
{
    /// <summary>The key that signs its index: it signs no package. Null where nothing is signed.</summary>
    string? KeyFor(HostServices services);

    /// <summary>What it offers.</summary>
    /// <exception cref="SkillVerificationException">Its index cannot be used.</exception>
    /// <exception cref="SkillStateException">The host's own files cannot be read or written.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    Task<IReadOnlyList<RegistryEntry>> ReadAsync(HostServices services, CancellationToken cancellation);

    /// <summary>The package of an entry. It is the one that was listed, or it is refused.</summary>
    /// <exception cref="SkillVerificationException">It is another one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    Task<PackageSource> OpenAsync(RegistryEntry entry, CancellationToken cancellation);

    /// <summary>Reads what is new in its log, where the policy lists that: what it keeps back shows then.</summary>
    /// <exception cref="SkillVerificationException">The log forked, is older than the registry says, or holds something else than it signed.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    Task FollowLogAsync(HostServices services, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>How an installation from it is remembered.</summary>
    InstalledSource SourceOf(RegistryEntry entry);
}
