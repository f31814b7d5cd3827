using PluginHost.PostgreSql;
using PluginHost.State;

namespace PluginHost.Conformance.Crashes;

/// <summary>Where a host keeps what it knows.</summary>
/// <param name="State">Its state directory.</param>
/// <param name="Database">The database that it shares with others; null for none.</param>
internal sealed record Place(string State, string? Database)
{
    /// <summary>As a child process is told of it.</summary>
    public string[] Arguments => Database is null ? [State] : [State, Database];

    /// <summary>The place that a child process was told of.</summary>
    public static Place Of(string[] arguments) => new(arguments[0], arguments.ElementAtOrDefault(1));

    public SkillHost Host()
    {
        var options = new SkillHostOptions
        {
            StateDirectory = State,
            TrustedPublishers = { ["acme"] = [Subject.PublisherKey] },
            Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
        };
        return SkillHost.Create(Database is null ? options : options.UsePostgreSql(Database));
    }

    public TrustOffice TrustOffice() => new(StateRoot.Open(State), null, "ops", Shared());

    public LifecycleOffice LifecycleOffice(string who) => new(StateRoot.Open(State), null, who, Shared());

    private ISharedState? Shared() => Database is null ? null : PostgreSqlState.Open(Database);
}
