using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Publishing;

/// <summary>How a package is taken into a registry.</summary>
internal sealed record PublishOptions
{
    /// <summary>What is demanded of packages.</summary>
    public InspectionSettings Inspection { get; init; } = new();

    /// <summary>Whether a publisher whom the registry does not know gets its name now; otherwise it is refused.</summary>
    public bool MayDelegate { get; init; }

    /// <summary>Links of people whom the operator does not know that are taken beside a package.</summary>
    public int MaxStrangers { get; init; } = 256;

    /// <summary>Packages of one publisher that are taken.</summary>
    public int MaxVersions { get; init; } = int.MaxValue;

    /// <summary>Entries up to which the log is written; hosts follow logs of a certain length.</summary>
    public long MaxLogged { get; init; } = long.MaxValue;

    /// <summary>The same for what comes over the network: no publisher alone can fill the registry or its log.</summary>
    public PublishOptions ForUploads() => this with { MayDelegate = false, MaxStrangers = 16, MaxVersions = 1_000, MaxLogged = Library.Registries.RegistryLogWatch.MaxEntries / 5 * 4 };

    /// <summary>Witnesses that are asked to cosign.</summary>
    public LogPolicy Witnesses { get; init; } = LogPolicy.Empty;

    /// <summary>Is told of witnesses that did not.</summary>
    public Action<string> Tell { get; init; } = static _ => { };
}
