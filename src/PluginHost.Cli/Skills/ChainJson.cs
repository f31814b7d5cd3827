using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;

namespace PluginHost.Cli.Skills;

/// <summary>Who stands behind a skill, for programs: what <c>skills explain</c> tells, in short.</summary>
internal static class ChainJson
{
    public static JsonObject Of(SkillJudgement judgement) => new()
    {
        ["grade"] = ChainGrades.NameOf(judgement.Chain.Grade),
        ["grade_reason"] = judgement.Chain.Why,
        ["score"] = judgement.Score.Value,
        ["links"] = ChainText.Links(judgement.Chain),
        ["warnings"] = new JsonArray([.. judgement.Chain.Warnings.Select(warning => (JsonNode)warning)]),
    };
}
