using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Capabilities;
using PluginHost.Skills.Manifests;

namespace PluginHost.Consent;

/// <summary>Where it is written what a skill may do: the file and line that a person has to look at after a denial.</summary>
internal static class GrantPlaces
{
    private const string Manifest = "skill.toml";

    private static readonly (Capability Capability, string Section, string Key)[] Known =
    [
        (Capability.HttpEgress, "http", "http_egress_allowlist"),
        (Capability.FilesystemRead, "files", "filesystem"),
        (Capability.FilesystemWrite, "files", "filesystem"),
        (Capability.SecretsUse, "http", "secrets"),
        (Capability.SecretsRead, "secrets_read", "secrets"),
        (Capability.Variables, "variables", ""),
        (Capability.Environment, "environment", ""),
        (Capability.Clock, "clock", ""),
        (Capability.Random, "random", ""),
        (Capability.Log, "log", ""),
        (Capability.SkillCall, "calls", ""),
        (Capability.HostFunction, "host", ""),
    ];

    public static ImmutableDictionary<Capability, string> Of(CapabilitiesFile? file, ManifestCapabilities manifest, HostPolicy policy) => Known.ToImmutableDictionary(
        known => known.Capability,
        known => !policy.Allows(known.Capability) ? policy.WithdrawnPlace ?? "SkillHostOptions.WithdrawnCapabilities"
            : file is not null ? InFile(file.Lines.GetValueOrDefault(known.Section))
            : At(Manifest, manifest.Lines.GetValueOrDefault(known.Key)));

    /// <summary>A line of <c>assets/capabilities.toml</c>.</summary>
    public static string InFile(int line) => At(CapabilitiesFileReader.Entry, line);

    private static string At(string file, int line) => line == 0 ? file : $"{file}:{line.ToString(CultureInfo.InvariantCulture)}";
}
