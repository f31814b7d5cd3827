using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Skills.Artifacts;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>Findings in the modules of a package: what they import, what their tools can reach, and what they carry that does not run.</summary>
internal static class CodeFindings
{
    private const int LargeSectionBytes = 64 * 1024;
    private static readonly string[] KnownSections = ["name", "producers", "target_features", "linking", "dylink", "dylink.0", "build_id", "sourceMappingURL", "external_debug_info"];
    private static readonly string[] KnownPrefixes = [".debug_", "reloc.", "metadata.code.", ".rustc"];

    public static IEnumerable<Finding> Of(SignedSkill skill, ImmutableArray<InspectedModule> modules, ImmutableArray<ToolCode> tools, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        var asked = RequestedCapabilities.Of(skill);
        foreach (var module in modules)
        {
            cancellation.ThrowIfCancellationRequested();
            Imports(findings, module, asked);
            Sections(findings, module);
            Data(findings, module);
            if (module.Module.Start is { } start)
            {
                findings.Add(FindingRules.StartFunction.At(module.Path, string.Create(CultureInfo.InvariantCulture, $"function {start} runs before a tool is called")));
            }
        }

        Reach(findings, skill, tools, asked, cancellation);
        return findings.DistinctBy(finding => (finding.Id, finding.Location));
    }

    private static void Imports(List<Finding> findings, InspectedModule module, RequestedCapabilities asked)
    {
        foreach (var need in module.Module.Imports.Where(import => import.Kind == ExternalKind.Function)
            .GroupBy(import => ImportNeeds.Find(import.Module, import.Name), StringComparer.Ordinal).Where(need => need.Key is not null && !asked.Has(need.Key)))
        {
            findings.Add(FindingRules.ImportWithoutRequest.At(module.Path, $"imports {string.Join(", ", need.Select(import => import.Name))}, good for {need.Key}, which the skill does not ask for"));
        }
    }

    private static void Sections(List<Finding> findings, InspectedModule module)
    {
        foreach (var section in module.Module.CustomSections)
        {
            var isKnown = KnownSections.Contains(section.Name) || KnownPrefixes.Any(prefix => section.Name.StartsWith(prefix, StringComparison.Ordinal));
            var location = $"{module.Path}[{section.Name}]";
            if (!isKnown)
            {
                findings.Add(FindingRules.UnknownSection.At(location, $"a custom section of {section.Content.Length} bytes that no tool chain is known to write"));
            }

            if (section.Content.Length > LargeSectionBytes && !isKnown)
            {
                findings.Add(FindingRules.LargeSection.At(location, $"{section.Content.Length} bytes that never run"));
            }

            Bytes(findings, location, section.Content.Span);
            if (!isKnown)
            {
                PackageFindings.Content(findings, location, section.Content.Span);
            }
        }
    }

    /// <summary>All data segments as one: what is cut into pieces is found all the same.</summary>
    private static void Data(List<Finding> findings, InspectedModule module)
    {
        var data = new byte[module.Module.Data.Sum(segment => segment.Content.Length)];
        var at = 0;
        foreach (var segment in module.Module.Data)
        {
            module.Bytes.AsSpan(segment.Content.Start, segment.Content.Length).CopyTo(data.AsSpan(at));
            at += segment.Content.Length;
        }

        Bytes(findings, $"{module.Path}[data]", data);
    }

    private static void Bytes(List<Finding> findings, string location, ReadOnlySpan<byte> bytes)
    {
        if (ByteInspection.Program(bytes) is { Rule: var rule } program && rule != FindingRules.Script)
        {
            findings.Add(rule.At(string.Create(CultureInfo.InvariantCulture, $"{location}+{program.At}"), $"holds {program.What}"));
        }

        if (ByteInspection.Noise(bytes) is > 0 and var noise)
        {
            findings.Add(FindingRules.HighEntropy.At(location, $"{noise} bytes look like noise"));
        }
    }

    /// <summary>What is asked for and no tool can use: its code never comes to the function.</summary>
    private static void Reach(List<Finding> findings, SignedSkill skill, ImmutableArray<ToolCode> tools, RequestedCapabilities asked, CancellationToken cancellation)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var module in tools.GroupBy(tool => tool.Module.Path, StringComparer.Ordinal))
        {
            var code = module.First().Module.Module;
            var entries = code.Exports.Where(export => export.Kind == ExternalKind.Function && (module.Any(tool => tool.Export == export.Name) || export.Name is "_initialize" or "__wasm_call_ctors"));
            foreach (var import in CallGraph.Of(code, cancellation).ImportsFrom(entries.Select(export => export.Index), cancellation))
            {
                reached.UnionWith(asked.UsableBy(import));
            }
        }

        foreach (var name in asked.Checkable.Where(name => !reached.Contains(name)))
        {
            findings.Add(FindingRules.UnreachableCapability.At(Manifests.ManifestReader.Entry, $"{skill.Manifest.SkillId} asks for {name}, and no tool of it can come to a function that would use it"));
        }
    }
}
