using System.CommandLine;

namespace PluginHost.Cli.Skills;

/// <summary>The options about trust that several verbs share.</summary>
internal sealed class TrustFlags
{
    public Option<string?> Store { get; } = new("--trust-store") { Description = "Trust store, in place of the state's.", HelpName = "FILE" };

    public Option<string[]> Publishers { get; } = new("--trusted-publisher") { Description = "A publisher's key, 64 hexadecimal digits; counts for this run only.", HelpName = "PUBLISHER=KEY" };

    public Option<bool> AllowFirstUse { get; } = new("--allow-tofu") { Description = "Accept a publisher that is met for the first time." };

    public void AddTo(Command command)
    {
        command.Add(Store);
        command.Add(Publishers);
        command.Add(AllowFirstUse);
    }

    /// <exception cref="CommandError">One has another form.</exception>
    public IReadOnlyList<(string Publisher, string Key)> Keys(ParseResult parse) => [.. (parse.GetValue(Publishers) ?? []).Select(flag =>
    {
        var equals = flag.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (flag[..equals], flag[(equals + 1)..])
            : throw new CommandError(ExitCode.Usage, "usage.trusted-publisher", $"'{flag}' is not of the form PUBLISHER=KEY");
    })];
}
