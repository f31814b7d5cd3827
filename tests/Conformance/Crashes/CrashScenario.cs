using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.State;

namespace PluginHost.Conformance.Crashes;

/// <summary>Something that is done to what a host keeps, and what there was before.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Before">Done first, in a process that lives.</param>
internal sealed record CrashScenario(string Name, params string[] Before)
{
    public static IReadOnlyList<CrashScenario> All { get; } =
    [
        new("install-1"), new("install-2", "install-1"), new("remove", "install-1", "install-2"), new("remove", "install-1"), new("rollback", "install-1", "install-2"),
        new("quarantine", "install-1"), new("release", "operator", "install-1", "quarantine"), new("disable", "install-1"), new("load"),
        new("withdraw", "install-1", "install-2"), new("switch", "install-1", "install-2"), new("registry", "install-1"),
    ];

    /// <summary>What is killed on a database, too, where no scenario is named: one that lays files, one that does not, one of an operator's.</summary>
    public bool IsSharedByDefault => Name is "install-2" or "rollback" or "quarantine";

    /// <summary>Makes a place as it is before.</summary>
    public void Prepare(Place place)
    {
        StateRoot.Create(place.State);
        foreach (var step in Before)
        {
            Do(step, place);
        }
    }

    /// <summary>Does a step.</summary>
    public static void Do(string step, Place place)
    {
        switch (step)
        {
            case "operator":
                using (var office = place.TrustOffice())
                using (var key = Subject.Operator())
                {
                    office.AddOperator("bob", Convert.ToHexStringLower(key.PublicKey), "new");
                }

                break;
            case "registry":
                using (var office = place.TrustOffice())
                using (var key = Subject.Operator())
                {
                    office.AddRegistry("https://registry.test", Convert.ToHexStringLower(key.PublicKey), "new");
                }

                break;
            case "quarantine" or "release" or "disable":
                Decide(step, place);
                break;
            default:
                Work(step, place).GetAwaiter().GetResult();
                break;
        }
    }

    /// <summary>What a place says of the skill. Whatever cannot be opened is told, too.</summary>
    /// <param name="place">The place.</param>
    /// <param name="hasAll">Whether the files of every installed version have to be there.</param>
    public static string Describe(Place place, bool hasAll = true)
    {
        try
        {
            return Describe(place.Host(), hasAll).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>Decides about the first version, as an operator does at the command line.</summary>
    public static void Decide(string step, Place place)
    {
        using var office = place.LifecycleOffice(step == "release" ? "bob" : "alice");
        using var key = Subject.Operator();
        _ = step switch
        {
            "quarantine" => office.Quarantine(Which, "bad", null),
            "disable" => office.Disable(Which, "bad"),
            _ => office.Enable(Which, "good", key),
        };
    }

    private static async Task<string> Describe(SkillHost host, bool hasAll)
    {
        await using (host.ConfigureAwait(false))
        {
            var view = host.Library.Skills.View();
            var known = view.Versions.Select(pair => $"{pair.Key.Version} is {view.Of(pair.Value)!.Status}").Order(StringComparer.Ordinal);
            var registries = host.Services.Trust.Read().Ledger.Registries?.Keys.Select(origin => $"{origin} is a registry") ?? [];
            var entries = string.Join(", ", [.. known, .. registries, .. host.Library.List().Select(entry => $"{entry.Version} is installed{(entry.IsCurrent ? ", current" : "")}{(entry.Status == SkillStatus.Quarantined ? ", quarantined" : "")}")]);
            foreach (var entry in host.Library.List().Where(entry => entry.Status == SkillStatus.Enabled && (hasAll || host.Library.Skills.Folder.Has(entry.SkillId, entry.Version))))
            {
                var skill = await host.LoadInstalledSkillAsync(entry.SkillId, entry.Version).ConfigureAwait(false);
                await skill.CallAsync("acme.run", "").ConfigureAwait(false);
            }

            return entries;
        }
    }

    private static async Task Work(string step, Place place)
    {
        var host = place.Host();
        await using (host.ConfigureAwait(false))
        {
            switch (step)
            {
                case "install-1" or "install-2":
                    host.Library.Install(Subject.Package(place.State, step[^1..] + ".0.0"));
                    break;
                case "switch":
                    if (host.Library.Current(Subject.Id)?.Version == "2.0.0")
                    {
                        host.Library.Install(Subject.Package(place.State, "1.0.0"), new SkillLoadOptions { AllowDowngrade = true });
                    }

                    break;
                case "remove":
                    host.Library.Remove(Subject.Id);
                    break;
                case "withdraw":
                    if (host.Library.Current(Subject.Id) is { Version: "2.0.0" } installed)
                    {
                        host.Library.Withdraw(new Installation(installed, InstallationKind.New, "1.0.0"), "bad");
                    }

                    break;
                case "rollback":
                    host.Library.Rollback(Subject.Id, "bad");
                    break;
                default:
                    host.LoadSkill(Subject.Package(place.State, "1.0.0"));
                    break;
            }
        }
    }

    private static VersionState Which(LifecycleView view) => LifecycleDecisions.Known(view, Subject.Id, "1.0.0");
}
