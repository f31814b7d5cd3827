using PluginHost.Skills;
using PluginHost.Conformance.Crashes;

namespace PluginHost.Conformance.Races;

/// <summary>Does one thing after the other to a skill that other processes do things to at the same time, and says what came of each.</summary>
internal static class RaceChild
{
    /// <summary>What machines of a fleet say of a version whose files only others have.</summary>
    private const string Elsewhere = "state.artifact";

    /// <summary>What others may make of what one begins. Anything else is a fault.</summary>
    private static readonly HashSet<string> Usual =
    [
        "ok", "policy.installed", "policy.not-installed", "policy.rollback", "policy.rolled-back", "policy.quarantined", "policy.removed", "policy.unknown-version", "policy.transition",
    ];

    /// <summary>What is done.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["install", "remove", "quarantine", "re-audit", "run"];

    private static readonly string[] Names = ["install", "install", "remove", "roll-back", "quarantine", "release", "re-audit", "run"];

    private static readonly string[] Versions = ["1.0.0", "1.1.0", "1.2.0"];

    /// <param name="seed">Of chance.</param>
    /// <param name="rounds">How many things.</param>
    /// <param name="isAlone">Whether nobody else has this state directory: then other machines have files that are not here.</param>
    /// <param name="place">Where.</param>
    /// <param name="output">What came of each.</param>
    public static int Run(int seed, int rounds, bool isAlone, string[] place, TextWriter output)
    {
        if (isAlone)
        {
            Usual.Add(Elsewhere);
        }

        var faults = Work(new Random(seed), rounds, Place.Of(place), output).GetAwaiter().GetResult();
        return faults == 0 ? 0 : 1;
    }

    private static async Task<int> Work(Random random, int rounds, Place place, TextWriter output)
    {
        var faults = 0;
        var host = place.Host();
        await using (host.ConfigureAwait(false))
        {
            for (var i = 0; i < rounds; i++)
            {
                var (what, version) = (random.Next(Names.Length), Versions[random.Next(Versions.Length)]);
                var name = Names[what];
                string code;
                try
                {
                    code = await Step(host, place, what, version).ConfigureAwait(false);
                }
                catch (SkillException e)
                {
                    code = Usual.Contains(e.Code) ? e.Code : $"{e.Code}: {e.Message}";
                }
                catch (Exception e)
                {
                    code = e.ToString();
                }

                faults += Usual.Contains(code) ? 0 : 1;
                output.WriteLine(Usual.Contains(code) ? $"{name} {code}" : $"fault in {name} of {version}: {code.ReplaceLineEndings(" ")}");
            }
        }

        return faults;
    }

    private static async Task<string> Step(SkillHost host, Place place, int what, string version)
    {
        var again = new SkillLoadOptions { AllowDowngrade = true };
        switch (what)
        {
            case 0 or 1:
                await host.Library.InstallAsync(Subject.Package(place.State, version), again).ConfigureAwait(false);
                break;
            case 2:
                host.Library.Remove(Subject.Id);
                break;
            case 3:
                host.Library.Rollback(Subject.Id, "bad");
                break;
            case 4:
                CrashScenario.Decide("quarantine", place);
                break;
            case 5:
                CrashScenario.Decide("release", place);
                break;
            case 6:
                await host.Library.ReAuditAsync(quarantine: true).ConfigureAwait(false);
                break;
            default:
                var skill = await host.LoadInstalledSkillAsync(Subject.Id).ConfigureAwait(false);
                await using (skill.ConfigureAwait(false))
                {
                    await skill.CallAsync("acme.run", "").ConfigureAwait(false);
                }

                break;
        }

        return "ok";
    }
}
