using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Functions;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;

namespace PluginHost.Consent;

/// <summary>Refuses what no consent could make right: what this host does not have, or what cannot be understood exactly.</summary>
internal static class PolicyRoom
{
    /// <summary>Version of Palyra whose packages are understood.</summary>
    private static readonly SkillVersion PalyraVersion = SkillVersion.Parse("0.1.0")!.Value;

    private const int ProtocolMajor = 1;
    private const string OwnFiles = "assets";

    /// <param name="skill">The skill.</param>
    /// <param name="functions">Functions of the embedder; null where it is not known which it will have.</param>
    /// <exception cref="SkillVerificationException">The skill asks for something that this host never gives.</exception>
    public static void Check(InspectedSkill skill, ImmutableDictionary<string, HostFunctionBinding>? functions)
    {
        var asked = skill.Manifest.Capabilities;
        CheckCompatibility(skill.Manifest.Compatibility);
        foreach (var name in asked.Devices.Select(name => "device." + name).Concat(asked.Nodes.Select(name => "node." + name)))
        {
            throw Refused("device", $"the skill asks for {name}: this host has no devices and no nodes");
        }

        foreach (var text in asked.Hosts.Concat(asked.ReadRoots).Concat(asked.WriteRoots).Concat(asked.Secrets.SelectMany(secrets => secrets.Keys)))
        {
            if (text.Contains('*', StringComparison.Ordinal))
            {
                throw Refused("wildcard", $"the skill asks for '{text}': wildcards are never granted, name what is needed");
            }
        }

        if (!asked.WildcardOptIns.IsEmpty)
        {
            throw Refused("wildcard", $"the skill opts into wildcards ({string.Join(", ", asked.WildcardOptIns)}), used or not: they are never granted");
        }

        foreach (var root in asked.ReadRoots.Concat(asked.WriteRoots))
        {
            if (root == OwnFiles || root.StartsWith(OwnFiles + "/", StringComparison.Ordinal))
            {
                throw Refused("root", $"the root '{root}' would hide the package's own assets");
            }

            if (!root.Split('/').All(FileNames.IsName))
            {
                throw Refused("root", $"the root '{root}' has a name that no directory may have everywhere");
            }
        }

        if (skill.Capabilities is { } file && functions is not null)
        {
            foreach (var name in file.HostFunctions.Where(name => !functions.ContainsKey(name)))
            {
                throw Refused("host-function", $"the skill asks for the host function '{name}', which this host does not have");
            }
        }
    }

    private static void CheckCompatibility(ManifestCompatibility compatibility)
    {
        if (compatibility.ProtocolMajor != ProtocolMajor)
        {
            throw Refused("protocol", $"the skill needs protocol {compatibility.ProtocolMajor}, this host speaks {ProtocolMajor}");
        }

        if (compatibility.MinimumHost.CompareTo(PalyraVersion) > 0 || compatibility.MaximumHost?.CompareTo(PalyraVersion) < 0)
        {
            throw Refused("palyra-version", $"the skill is made for Palyra {compatibility.MinimumHost} to {compatibility.MaximumHost?.ToString() ?? "any"}, this host understands {PalyraVersion}");
        }
    }

    private static SkillVerificationException Refused(string rule, string message) => new("policy", rule, message);
}
