using System.CommandLine;
using PluginHost.Consent;

namespace PluginHost.Cli.Policy;

/// <summary><c>--policy FILE</c>, else the file that <c>PLUGINHOST_POLICY</c> names: what an operator allows whoever uses the command line.</summary>
internal sealed class PolicyFlag
{
    private const string Variable = "PLUGINHOST_POLICY";

    private readonly Option<string?> _file = new("--policy") { Description = $"File with what this host allows at most; else the one that {Variable} names.", HelpName = "FILE" };
    private readonly Option<string[]> _operators = new("--operator-key") { Description = "Public key of an operator who must have signed the policy.", HelpName = "HEX" };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_operators);
    }

    /// <summary>What the policy says; defaults where there is none.</summary>
    /// <exception cref="SkillStateException">It cannot be used.</exception>
    /// <exception cref="CommandError">A key or the variable has another form.</exception>
    public SkillHostOptions Options(ParseResult parse)
    {
        var keys = parse.GetValue(_operators) ?? [];
        try
        {
            var (named, standing) = (parse.GetValue(_file), Standing());
            var options = Read(named ?? standing, keys);
            if (named is not null && standing is not null)
            {
                // Whoever names another file does not get rid of what the standing one forbids.
                var before = PolicyFile.Check(PolicyFile.Bytes(standing));
                options.ForbidBareModules |= before.ForbidBareModules;
                options.ForbidFirstUseFlag |= before.ForbidFirstUseFlag;
                options.ForbidAcceptFlag |= before.ForbidAcceptFlag;
            }

            return options;
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.operator-key", e.Message);
        }
    }

    private static SkillHostOptions Read(string? policy, string[] keys) =>
        policy is null ? new SkillHostOptions()
        : keys.Length == 0 ? SkillHostOptions.FromPolicy(policy)
        : SkillHostOptions.FromSignedPolicy(policy, keys);

    /// <summary>Refuses a verb that runs bare modules where the policy has none of it.</summary>
    /// <exception cref="CommandError">It has not.</exception>
    public void CheckBareModules(ParseResult parse)
    {
        if (Options(parse).ForbidBareModules)
        {
            throw new CommandError(ExitCode.Refused, "policy.bare-modules", "the policy forbids to run modules that are no skill");
        }
    }

    /// <summary>Nothing is read from the current directory: the variable names the whole path.</summary>
    /// <exception cref="CommandError">It names none.</exception>
    public static string? Standing() => Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path ? null
        : Path.IsPathFullyQualified(path) ? path
        : throw new CommandError(ExitCode.Usage, "usage.policy", $"{Variable} does not name the whole path of a file");
}
