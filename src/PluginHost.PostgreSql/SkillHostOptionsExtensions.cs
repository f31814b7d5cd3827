namespace PluginHost.PostgreSql;

/// <summary>Shares the state of a host with others.</summary>
public static class SkillHostOptionsExtensions
{
    /// <summary>
    /// Keeps lifecycle journal, index of installed skills, trust and quarantine in a database, for all hosts that name it. Packages, keys, consents and audit
    /// logs stay in the state directory, which has to be set.
    /// </summary>
    /// <param name="options">The options of the host.</param>
    /// <param name="connectionString">The database, whose tables <see cref="PostgreSqlState.Initialize"/> made.</param>
    public static SkillHostOptions UsePostgreSql(this SkillHostOptions options, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(connectionString);
        options.SharedState = () => PostgreSqlState.Open(connectionString);
        return options;
    }
}
