using System.CommandLine;
using PluginHost.Cli.Library;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Lifecycle;
using PluginHost.Library;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Attest;

/// <summary>Looks at a package, or an installed skill, as the gate would, and tells what stands behind it whether or not the gate would let it in. Writes nothing.</summary>
internal sealed class JudgementFlags
{
    private readonly TrustFlags _trust = new();
    private readonly InspectionFlags _inspection = new();
    private readonly Argument<string> _skill = new("skill") { Description = "File of a package, or id of an installed skill." };
    private readonly Option<string?> _version = LibraryCommands.Version();

    public void AddTo(Command command)
    {
        command.Add(_skill);
        command.Add(_version);
        _trust.AddWithState(command);
        _inspection.AddTo(command);
    }

    /// <exception cref="SkillVerificationException">A room before refused it.</exception>
    public (TrustedSkill Skill, SkillJudgement Judgement, SkillException? Refusal, SkillHostOptions Options) Judge(ParseResult parse)
    {
        var options = _inspection.Options(parse);
        var name = parse.GetRequiredValue(_skill);
        var isFile = File.Exists(name);
        var state = isFile ? StateFlag.Open(_trust.State(parse)) : ReadingVerb.Root(_trust.State(parse));
        using var shared = _trust.Shared.Open(parse);
        using var reading = state is null ? null : new SkillsReading(state, () => new OperatorKeys(_trust.View(parse).Ledger.Operators ?? OperatorKeys.None, []), shared);
        var source = isFile ? PackageSource.File(name) : reading!.Skills.Folder.Read(reading.Skills.Find(name, parse.GetValue(_version)).Installed!);
        var (view, rules) = (_trust.View(parse, options), _trust.Rules(parse, options) with { AllowFirstUse = true });

        // That a newer version was met since does not speak against one that is installed.
        rules = isFile ? rules : rules with { AllowDowngrade = true };
        var judged = PackageJudgement.Of(
            source.Read(), source.Evidence(), InspectionFlags.Settings(options, state), view, rules,
            skill => reading?.Skills.View().Blocked(skill.Manifest.SkillId, skill.Manifest.Version.ToString(), skill.Artifact.Payload, skill.IsSigned));
        return (judged.Skill, judged.Judgement, judged.Refusal, options);
    }
}
