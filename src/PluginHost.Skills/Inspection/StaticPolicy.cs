namespace PluginHost.Skills.Inspection;

/// <summary>What the static audit allows, in Palyra's terms; its defaults are those of Palyra.</summary>
internal sealed record StaticPolicy
{
    /// <summary>Bytes of a module.</summary>
    public int MaxModuleBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Functions that a module exports.</summary>
    public int MaxExportedFunctions { get; init; } = 128;

    public bool AllowDeviceCapabilities { get; init; }

    public bool AllowWildcardCapabilities { get; init; }
}
