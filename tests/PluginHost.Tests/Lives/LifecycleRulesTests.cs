using PluginHost.Lifecycle;

namespace PluginHost.Tests.Lives;

/// <summary>The table of what a status may become.</summary>
[TestClass]
public sealed class LifecycleRulesTests
{
    private const string Table = """
        none: installed probation enabled
        removed: installed probation enabled
        installed: verified quarantined failed removed
        verified: eligible quarantined failed removed
        eligible: enabled disabled quarantined removed
        enabled: disabled quarantined rolled_back
        disabled: eligible enabled quarantined removed
        quarantined: disabled enabled removed
        rolled_back: disabled removed
        failed: removed
        probation: adopted quarantined removed
        adopted:
        """;

    [TestMethod]
    public void Transitions_AreTheseAndNoOthers()
    {
        var allowed = Table.Split('\n').Select(line => line.Trim().Split(':')).ToDictionary(parts => parts[0], parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        foreach (var from in Enum.GetValues<SkillStatus>())
        {
            foreach (var to in Enum.GetValues<SkillStatus>())
            {
                Assert.AreEqual(allowed[StatusNames.Of(from)].Contains(StatusNames.Of(to)), LifecycleRules.Allows(from, to), $"{from} -> {to}");
            }
        }
    }

    [TestMethod]
    public void OnlyEnabledAndProbation_Run() =>
        CollectionAssert.AreEqual(new[] { SkillStatus.Enabled, SkillStatus.Probation }, Enum.GetValues<SkillStatus>().Where(LifecycleRules.Runs).ToArray());

    [TestMethod]
    public void Names_AreReadBack()
    {
        foreach (var status in Enum.GetValues<SkillStatus>())
        {
            Assert.AreEqual(status, StatusNames.Parse(StatusNames.Of(status)));
        }

        Assert.ThrowsExactly<FormatException>(() => StatusNames.Parse("Enabled"));
    }
}
