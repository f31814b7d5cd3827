using System.CommandLine;
using PluginHost.Cli.Keys;
using PluginHost.PostgreSql;
using PluginHost.Registry.Files;
using PluginHost.State;

namespace PluginHost.Cli.Registries;

/// <summary>Where a registry is: in a directory, or in a database.</summary>
internal sealed class RegistryFilesFlag
{
    private readonly Option<string?> _source = new("--postgresql") { Description = "Where the connection string of a database is, in which the registry lies under that name in place of a directory.", HelpName = ValueSource.Form };

    /// <summary>The registry.</summary>
    public Argument<string> Place { get; } = new("registry") { Description = "The registry's directory; with --postgresql its name in the database." };

    public void AddTo(Command command) => command.Add(_source);

    /// <summary>Its files.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="isNew">Whether it begins now.</param>
    /// <exception cref="SkillStateException">The database cannot be used.</exception>
    public IPublicFiles Open(ParseResult parse, bool isNew) => parse.GetValue(_source) is { } source
        ? new PostgreSqlFiles(ValueSource.Read("postgresql", source)!.Trim(), parse.GetRequiredValue(Place), isNew)
        : new DirectoryFiles(parse.GetRequiredValue(Place));
}
