using System.Text;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.State;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Crashes;

/// <summary>Something that is done to a state directory, and what there was before.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Before">Done first, in a process that lives.</param>
internal sealed record CrashScenario(string Name, params string[] Before)
{
    private const string Id = "acme.test";
    private const string Module = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (i32.const 0)))""";
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static IReadOnlyList<CrashScenario> All { get; } =
    [
        new("install-1"), new("install-2", "install-1"), new("remove", "install-1", "install-2"), new("remove", "install-1"), new("rollback", "install-1", "install-2"),
        new("quarantine", "install-1"), new("release", "operator", "install-1", "quarantine"), new("disable", "install-1"), new("load"),
        new("withdraw", "install-1", "install-2"), new("registry", "install-1"),
    ];

    /// <summary>Makes a state directory as it is before.</summary>
    public void Prepare(string state)
    {
        StateRoot.Create(state);
        foreach (var step in Before)
        {
            Do(step, state);
        }
    }

    /// <summary>Does a step.</summary>
    public static void Do(string step, string state)
    {
        switch (step)
        {
            case "operator":
                using (var office = new TrustOffice(StateRoot.Open(state), null, "ops"))
                using (var key = Operator())
                {
                    office.AddOperator("bob", Convert.ToHexStringLower(key.PublicKey), "new");
                }

                break;
            case "registry":
                using (var office = new TrustOffice(StateRoot.Open(state), null, "ops"))
                using (var key = Operator())
                {
                    office.AddRegistry("https://registry.test", Convert.ToHexStringLower(key.PublicKey), "new");
                }

                break;
            case "quarantine" or "release" or "disable":
                Decide(step, state);
                break;
            default:
                Work(step, state).GetAwaiter().GetResult();
                break;
        }
    }

    /// <summary>What a state directory says of the skill. Whatever cannot be opened is told, too.</summary>
    public static string Describe(string state)
    {
        try
        {
            return Describe(Host(state)).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static async Task<string> Describe(SkillHost host)
    {
        await using (host.ConfigureAwait(false))
        {
            var view = host.Library.Skills.View();
            var known = view.Versions.Select(pair => $"{pair.Key.Version} is {view.Of(pair.Value)!.Status}").Order(StringComparer.Ordinal);
            var registries = host.Services.Trust.Read().Ledger.Registries?.Keys.Select(origin => $"{origin} is a registry") ?? [];
            var entries = string.Join(", ", [.. known, .. registries, .. host.Library.List().Select(entry => $"{entry.Version} is installed{(entry.IsCurrent ? ", current" : "")}{(entry.Status == SkillStatus.Quarantined ? ", quarantined" : "")}")]);
            foreach (var entry in host.Library.List().Where(entry => entry.Status == SkillStatus.Enabled))
            {
                var skill = await host.LoadInstalledSkillAsync(entry.SkillId, entry.Version).ConfigureAwait(false);
                await skill.CallAsync("acme.run", "").ConfigureAwait(false);
            }

            return entries;
        }
    }

    private static void Decide(string step, string state)
    {
        using var office = new LifecycleOffice(StateRoot.Open(state), null, step == "release" ? "bob" : "alice");
        using var key = Operator();
        _ = step switch
        {
            "quarantine" => office.Quarantine(Which, "bad", null),
            "disable" => office.Disable(Which, "bad"),
            _ => office.Enable(Which, "good", key),
        };
    }

    private static async Task Work(string step, string state)
    {
        var host = Host(state);
        await using (host.ConfigureAwait(false))
        {
            switch (step)
            {
                case "install-1" or "install-2":
                    host.Library.Install(Package(state, step[^1..] + ".0.0"));
                    break;
                case "remove":
                    host.Library.Remove(Id);
                    break;
                case "withdraw":
                    if (host.Library.Current(Id) is { Version: "2.0.0" } installed)
                    {
                        host.Library.Withdraw(installed, "1.0.0", "bad");
                    }

                    break;
                case "rollback":
                    host.Library.Rollback(Id, "bad");
                    break;
                default:
                    host.LoadSkill(Package(state, "1.0.0"));
                    break;
            }
        }
    }

    private static VersionState Which(LifecycleView view) => LifecycleDecisions.Known(view, Id, "1.0.0");

    private static SigningKey Key() => SigningKey.Read(Seed, static () => null);

    private static SigningKey Operator() => SigningKey.Read([.. Seed.Reverse()], static () => null);

    private static SkillHost Host(string state)
    {
        using var key = Key();
        return SkillHost.Create(new SkillHostOptions
        {
            StateDirectory = state,
            TrustedPublishers = { ["acme"] = [Convert.ToHexStringLower(key.PublicKey)] },
            Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
        });
    }

    /// <summary>A package beside the state directory.</summary>
    private static string Package(string state, string version)
    {
        var path = $"{state}-{version}.palyra-skill";
        if (!File.Exists(path))
        {
            using var key = Key();
            var manifest = $"skill_id = \"{Id}\"\nname = \"Test\"\nversion = \"{version}\"\npublisher = \"acme\"\n[[entrypoints.tools]]\nid = \"acme.run\"\nname = \"run\"\ndescription = \"Runs.\"\ninput_schema = {{}}\noutput_schema = {{}}\n[compat]\nrequired_protocol_major = 1\nmin_palyra_version = \"0.1.0\"\n";
            File.WriteAllBytes(path, PackageBuilder.Build(
                new PackageContent(
                    Encoding.UTF8.GetBytes(manifest), """{"bomFormat":"CycloneDX","specVersion":"1.6"}"""u8.ToArray(), """{"builder":{"id":"test"},"subject":[{"name":"m"}]}"""u8.ToArray(),
                    [new ArchiveEntry("modules/m.wasm", TextModule.Encode(Module))]),
                key,
                DateTimeOffset.UnixEpoch));
        }

        return path;
    }
}
