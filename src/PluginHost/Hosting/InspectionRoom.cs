using System.Collections.Immutable;
using PluginHost.Scan;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Scanning;
using PluginHost.Skills.Vulnerabilities;

namespace PluginHost.Hosting;

/// <summary>What options demand of papers and code.</summary>
internal static class InspectionRoom
{
    private const int HighestLevel = 3;

    /// <exception cref="SkillStateException">The feed of vulnerabilities is not there.</exception>
    public static InspectionSettings Settings(SkillHostOptions options) => new()
    {
        Provenance = new ProvenancePolicy
        {
            MinimumLevel = options.Provenance.MinimumLevel,
            Builders = [.. options.Provenance.Builders.Select(builder => new TrustedBuilder(Convert.FromHexString(builder.PublicKey), builder.BuilderId, builder.MaxLevel, [.. builder.Parameters]))],
            Sources = options.Provenance.Sources.ToImmutableDictionary(pair => pair.Key, pair => new SourceExpectation(pair.Value.Repository, pair.Value.Ref), StringComparer.Ordinal),
        },
        Static = new StaticPolicy { MaxModuleBytes = options.Inspection.MaxModuleBytes, MaxExportedFunctions = options.Inspection.MaxExportedFunctions },
        Scanner = Scanner(options.Inspection),
        Feed = options.Inspection.VulnerabilityFeed is { } feed ? Feed(Path.GetFullPath(feed)) : null,
    };

    /// <summary>Tells what is wrong with the options.</summary>
    public static void Check(SkillHostOptions options, Action<bool, string> require)
    {
        var provenance = options.Provenance;
        require(provenance.MinimumLevel is >= 0 and <= HighestLevel, "Provenance.MinimumLevel is not between 0 and 3");
        foreach (var builder in provenance.Builders)
        {
            require(builder.PublicKey.Length == 64 && builder.PublicKey.All(char.IsAsciiHexDigit), "Provenance.Builders holds a key that is not 64 hexadecimal digits");
            require(builder.BuilderId.Length > 0, "Provenance.Builders holds a builder without an id");
            require(builder.MaxLevel is >= 1 and <= HighestLevel, "Provenance.Builders holds a level that is not between 1 and 3");
        }

        require(options.Inspection.MaxModuleBytes > 0, "Inspection.MaxModuleBytes is not positive");
        require(options.Inspection.MaxExportedFunctions > 0, "Inspection.MaxExportedFunctions is not positive");
    }

    private static PackageScanner? Scanner(InspectionOptions options)
    {
        try
        {
            return options.ScanRuleFiles.Count > 0 || options.Scan
                ? PackageScanner.With([.. options.ScanRuleFiles.Select(file => new YaraSource(Path.GetFileName(file), BoundedFile.Read(Path.GetFullPath(file), YaraRules.MaxBytes)))], options.Scan)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YaraException)
        {
            throw new SkillStateException("policy", $"a file of rules that the policy names cannot be used: {e.Message}", e);
        }
    }

    private static OsvFeed Feed(string path)
    {
        try
        {
            return new OsvFeed(path);
        }
        catch (IOException e)
        {
            throw new SkillStateException("feed", e.Message, e);
        }
    }
}
