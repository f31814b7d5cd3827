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

    /// <summary>Witnesses that are asked to cosign.</summary>
    public LogPolicy Witnesses { get; init; } = LogPolicy.Empty;

    /// <summary>Is told of witnesses that did not.</summary>
    public Action<string> Tell { get; init; } = static _ => { };
}
