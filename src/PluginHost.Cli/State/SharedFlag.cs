using System.CommandLine;
using PluginHost.Cli.Keys;
using PluginHost.PostgreSql;
using PluginHost.State;

namespace PluginHost.Cli.State;

/// <summary><c>--postgresql SOURCE</c>: the database that the machines of a fleet share. A state that belongs to a fleet is opened no other way.</summary>
internal sealed class SharedFlag
{
    private readonly Option<string?> _source = new("--postgresql") { Description = "Where the connection string of the database is that a fleet shares.", HelpName = ValueSource.Form };

    public void AddTo(Command command) => command.Add(_source);

    /// <summary>The connection string; null where none is named.</summary>
    /// <exception cref="CommandError">It cannot be read.</exception>
    public string? ConnectionString(ParseResult parse) => parse.GetValue(_source) is { } source ? ValueSource.Read("postgresql", source)?.Trim() : null;

    /// <summary>What the fleet shares; null where nothing is named.</summary>
    /// <exception cref="SkillStateException">The database cannot be reached, or has no tables.</exception>
    public ISharedState? Open(ParseResult parse) => ConnectionString(parse) is { } connection ? PostgreSqlState.Open(connection) : null;
}
