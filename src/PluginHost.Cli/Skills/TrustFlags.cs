using System.CommandLine;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Cli.Skills;

/// <summary>The options about trust that several verbs share.</summary>
internal sealed class TrustFlags
{
    private readonly Option<string?> _state = StateFlag.Create();
    private readonly Option<bool> _allowFirstUse = new("--allow-tofu") { Description = "Accept a publisher that is met for the first time." };

    /// <summary>The database of the fleet that the state belongs to.</summary>
    public SharedFlag Shared { get; } = new();

    public Option<string?> Store { get; } = new("--trust-store") { Description = "Trust store, in place of the state's.", HelpName = "FILE" };

    public Option<string[]> Publishers { get; } = new("--trusted-publisher") { Description = "A publisher's key, 64 hexadecimal digits; counts for this run only.", HelpName = "PUBLISHER=KEY" };

    public void AddTo(Command command)
    {
        command.Add(Store);
        command.Add(Publishers);
        command.Add(_allowFirstUse);
        Shared.AddTo(command);
    }

    /// <summary>The same, and the state that the store is in; for verbs that write nothing.</summary>
    public void AddWithState(Command command)
    {
        AddTo(command);
        command.Add(_state);
    }

    /// <summary>Whether the command line allows to meet publishers.</summary>
    /// <exception cref="CommandError">The policy forbids that.</exception>
    public bool AllowsFirstUse(ParseResult parse, SkillHostOptions options) =>
        !parse.GetValue(_allowFirstUse) ? false
        : !options.ForbidFirstUseFlag ? true
        : throw new CommandError(ExitCode.Refused, "trust.first-use-forbidden", "the policy forbids --allow-tofu");

    /// <summary>The state directory that is named.</summary>
    public string? State(ParseResult parse) => parse.GetValue(_state);

    /// <summary>Whom the store that is named, or that of the state, trusts. Writes nothing.</summary>
    /// <exception cref="SkillStateException">It is missing, damaged, or not the one that was written last.</exception>
    public TrustView View(ParseResult parse)
    {
        try
        {
            // A store that is named must be there; one that nobody named is empty. What the state knows beside it counts in any case.
            using var shared = Shared.Open(parse);
            var root = StateFlag.Open(parse.GetValue(_state));
            if (root is not null)
            {
                StateGuard.CheckShared(StateGeneration.Read(root.Generation), shared?.Id ?? "");
            }

            return new TrustFiles(parse.GetValue(Store), root, null, Keys(parse), shared?.Trust).Read();
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.trust-store", e.Message);
        }
    }

    /// <summary>The file that is trusted, if there is one.</summary>
    public string? Path(ParseResult parse) => parse.GetValue(Store) ?? StateFlag.Open(parse.GetValue(_state))?.TrustStore;

    /// <param name="parse">The command line.</param>
    /// <param name="options">Options that give keys other roles.</param>
    public TrustRules Rules(ParseResult parse, SkillHostOptions options)
    {
        var rules = Rules(options, StateFlag.Open(parse.GetValue(_state)));
        return rules with { AllowFirstUse = AllowsFirstUse(parse, options) || rules.AllowFirstUse };
    }

    /// <summary>What options say, at the latest time that is known.</summary>
    public static TrustRules Rules(SkillHostOptions options, StateRoot? root)
    {
        var (now, known) = (TimeProvider.System.GetUtcNow(), root is null ? null : StateGeneration.Read(root.Generation)?.Time);
        return TrustRoom.Rules(options, root) with { Now = known > now ? known.Value : now };
    }

    /// <summary>The same, and the keys that a policy lists.</summary>
    /// <exception cref="SkillStateException">The store is missing, damaged, or not the one that was written last.</exception>
    public TrustView View(ParseResult parse, SkillHostOptions options)
    {
        var view = View(parse);
        return view with { Store = Listed(options).Aggregate(view.Store, (store, listed) => store.With(listed.Publisher, listed.Key)) };
    }

    /// <summary>Keys of the command line and those that a policy lists.</summary>
    /// <exception cref="CommandError">One has another form.</exception>
    public IReadOnlyList<(string Publisher, string Key)> Keys(ParseResult parse, SkillHostOptions options) => [.. Keys(parse), .. Listed(options)];

    private static IEnumerable<(string Publisher, string Key)> Listed(SkillHostOptions options) =>
        options.TrustedPublishers.SelectMany(pair => pair.Value.Select(key => (pair.Key, key.Trim().ToLowerInvariant())));

    /// <exception cref="CommandError">One has another form.</exception>
    public IReadOnlyList<(string Publisher, string Key)> Keys(ParseResult parse) => [.. (parse.GetValue(Publishers) ?? []).Select(flag =>
    {
        var equals = flag.IndexOf('=', StringComparison.Ordinal);
        var (publisher, key) = equals > 0 ? (flag[..equals], flag[(equals + 1)..].Trim()) : throw new CommandError(ExitCode.Usage, "usage.trusted-publisher", $"'{flag}' is not of the form PUBLISHER=KEY");
        return key.Length == 64 && key.All(char.IsAsciiHexDigit) ? (publisher, key) : throw new CommandError(ExitCode.Refused, "state.trust-store", $"'{key}' is no key: 64 hexadecimal digits");
    })];
}
