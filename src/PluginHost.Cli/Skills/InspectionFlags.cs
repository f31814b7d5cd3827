using System.CommandLine;
using PluginHost.Cli.Policy;
using PluginHost.Hosting;
using PluginHost.Skills.Inspection;
using PluginHost.State;

namespace PluginHost.Cli.Skills;

/// <summary>The options about papers and code that several verbs share.</summary>
internal sealed class InspectionFlags
{
    private readonly PolicyFlag _policy = new();
    private readonly Option<string?> _feed = new("--osv") { Description = "Known vulnerabilities: a directory of OSV documents, or a ZIP of them.", HelpName = "PATH" };

    public void AddTo(Command command)
    {
        _policy.AddTo(command);
        command.Add(_feed);
    }

    /// <summary>The policy, with what the command line adds.</summary>
    /// <exception cref="SkillStateException">The policy cannot be used.</exception>
    public SkillHostOptions Options(ParseResult parse)
    {
        var options = _policy.Options(parse);
        options.Inspection.VulnerabilityFeed = parse.GetValue(_feed) ?? options.Inspection.VulnerabilityFeed;
        return options;
    }

    /// <param name="options">The options.</param>
    /// <param name="root">Where evidence and what was seen of logs are; null for nowhere.</param>
    /// <exception cref="SkillStateException">The policy or the feed cannot be used.</exception>
    public static InspectionSettings Settings(SkillHostOptions options, StateRoot? root = null)
    {
        var problems = new List<string>();
        InspectionRoom.Check(options, (holds, problem) => problems.AddRange(holds ? [] : [problem]));
        ChainRoom.Check(options, (holds, problem) => problems.AddRange(holds ? [] : [problem]));
        return problems.Count == 0
            ? new ChainFiles(options.Chain).In(ChainRoom.Settings(InspectionRoom.Settings(options), options.Chain, root))
            : throw new CommandError(ExitCode.Refused, "state.policy", string.Join("; ", problems));
    }
}
