using System.CommandLine;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Library.Registries;

namespace PluginHost.Cli.Library;

/// <summary>Where a package is installed from.</summary>
internal sealed class RegistryFlags
{
    private readonly Option<string?> _folder = new("--registry-dir") { Description = "A folder of packages.", HelpName = "DIR" };
    private readonly Option<string?> _skill = new("--skill-id") { Description = "The skill that is wanted of it.", HelpName = "ID" };
    private readonly Option<string?> _version = new("--version") { Description = "Its version; the highest without it.", HelpName = "VERSION" };

    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_skill);
        command.Add(_version);
    }

    /// <summary>Whether a registry is named.</summary>
    public bool IsNamed(ParseResult parse) => parse.GetValue(_folder) is not null;

    /// <summary>What the registry offers of the skill that is named.</summary>
    /// <exception cref="CommandError">Nothing is named.</exception>
    public (RegistryEntry Entry, Func<PackageSource> Open, InstalledSource Source) Pick(ParseResult parse)
    {
        var folder = parse.GetValue(_folder) ?? throw new CommandError(ExitCode.Usage, "usage.registry", "--registry-dir is needed");
        var skill = parse.GetValue(_skill) ?? throw new CommandError(ExitCode.Usage, "usage.skill-id", "--skill-id is needed with a registry");
        var entry = RegistryEntry.Pick(LocalRegistry.Read(folder), skill, parse.GetValue(_version));
        return (entry, () => LocalRegistry.Open(folder, entry), new InstalledSource(InstalledSource.LocalRegistry, Path.GetFullPath(Path.Combine(folder, entry.Artifact))));
    }
}
