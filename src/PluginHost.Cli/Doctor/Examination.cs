using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PluginHost.Audit;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.State;
using PluginHost.Wasm;

namespace PluginHost.Cli.Doctor;

/// <summary>Looks at what a host needs, in the order in which it needs it. Writes nothing.</summary>
/// <param name="place">The state directory, and whether somebody named it.</param>
/// <param name="policy">A policy file; null for none.</param>
/// <param name="shared">What the fleet shares that the directory belongs to; null for none.</param>
internal sealed class Examination((string Path, bool IsNamed) place, string? policy, ISharedState? shared)
{
    /// <summary>A module with the function <c>f</c>, which answers with 42.</summary>
    private static readonly byte[] Answer = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 42, 11];

    /// <summary>Everything that was looked at. What cannot be looked at because something before it is missing is left out.</summary>
    public IReadOnlyList<Finding> Look()
    {
        var findings = new List<Finding> { Runtime(), Engine() };
        if (policy is not null)
        {
            findings.Add(Try("policy", () => Policy(policy), "'pluginhost policy check' tells the line"));
        }

        if (!Directory.Exists(place.Path))
        {
            findings.Add(new Finding("state", place.IsNamed ? FindingStatus.Fail : FindingStatus.Warn, $"there is no state directory '{place.Path}': trust, consents and logs are kept nowhere", "pluginhost init"));
            return findings;
        }

        StateRoot? root = null;
        findings.Add(Try("state", () => new Finding("state", FindingStatus.Ok, (root = StateRoot.Open(place.Path)).Path), "docs/state.md says what each code means; 'pluginhost state adopt' accepts a directory as it is"));
        if (root is not null)
        {
            var trust = new TrustFiles(null, root, null, [], shared?.Trust);
            findings.Add(Try("trust", () => Trust(trust), "'pluginhost trust init' replaces a trust store that was lost, on record"));
            findings.Add(Try("library", () => Library(root, trust), "'pluginhost skills reindex' writes the index anew; a journal that was tampered with has to be restored"));
            findings.Add(Try("audit", () => Audit(root), "'pluginhost audit verify' says what is missing and where"));
        }

        return findings;
    }

    private static Finding Runtime() => RuntimeFeature.IsDynamicCodeSupported
        ? new Finding("runtime", FindingStatus.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors")
        : new Finding("runtime", FindingStatus.Fail, "this runtime compiles no code while it runs, and WebAssembly is compiled to CIL", "run without ahead-of-time compilation");

    private static Finding Engine()
    {
        try
        {
#pragma warning disable PHG009 // The module is written in this file: whether the engine works at all is what is asked.
            using var store = new Store();
            var found = new Linker().Instantiate(store, CompiledModule.Compile(WasmModule.Decode(Answer))).GetFunction("f")!.Invoke()[0].I32;
#pragma warning restore PHG009
            return found == 42 ? new Finding("engine", FindingStatus.Ok, "a module was compiled, and answered") : new Finding("engine", FindingStatus.Fail, $"a module answered {found} instead of 42");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Finding("engine", FindingStatus.Fail, e.Message);
        }
    }

    private static Finding Policy(string path) => new SkillHostOptionsValidator().Validate(null, SkillHostOptions.FromPolicy(path)) is { Failed: true } wrong
        ? new Finding("policy", FindingStatus.Fail, string.Join("; ", wrong.Failures), "docs/policy.md describes every key")
        : new Finding("policy", FindingStatus.Ok, path);

    private static Finding Trust(TrustFiles trust)
    {
        var (pins, operators) = (trust.Read().Store.Pins.Count(), trust.Read().Ledger.Operators?.Count ?? 0);
        return operators == 0
            ? new Finding("trust", FindingStatus.Warn, $"{pins} pinned keys, and no operator: nobody can lift a quarantine", "pluginhost trust operator add NAME=KEY --reason TEXT")
            : new Finding("trust", FindingStatus.Ok, $"{pins} pinned keys, {operators} operators");
    }

    private Finding Library(StateRoot root, TrustFiles trust)
    {
        using var reading = new SkillsReading(root, () => new OperatorKeys(trust.Read().Ledger.Operators ?? OperatorKeys.None, []), shared);
        var view = reading.Skills.View();
        var installed = view.Installed.ToList();
        var held = installed.Count(skill => view.Of(skill.PayloadSha256)?.Hold is not null);
        var missing = installed.Where(skill => !reading.Skills.Folder.Has(skill.SkillId, skill.Version)).ToList();
        return missing.Count > 0 && shared is null
            ? new Finding("library", FindingStatus.Fail, $"the files of {missing[0].SkillId} {missing[0].Version} are gone", "pluginhost skills check --quarantine")
            : held > 0 ? new Finding("library", FindingStatus.Warn, $"{installed.Count} versions installed, {held} of them quarantined", "pluginhost skills list --quarantined-only")
            : new Finding("library", FindingStatus.Ok, $"{installed.Count} versions installed");
    }

    private static Finding Audit(StateRoot root)
    {
        if (!Directory.EnumerateFiles(root.Audit).Any())
        {
            return new Finding("audit", FindingStatus.Ok, "there is no log yet");
        }

        var logs = AuditFiles.Logs(root.Audit);
        var broken = logs.Where(log => !AuditVerifier.Verify(log, new AuditExpectation()).Intact).Select(Path.GetFileName).ToList();
        return broken.Count == 0
            ? new Finding("audit", FindingStatus.Ok, $"the chains of {logs.Count} logs hold")
            : new Finding("audit", FindingStatus.Fail, $"the chain of {broken[0]} does not hold", "pluginhost audit verify");
    }

    private static Finding Try(string check, Func<Finding> look, string next)
    {
        try
        {
            return look();
        }
        catch (SkillException e)
        {
            return new Finding(check, FindingStatus.Fail, $"{e.Code}: {e.Message}", next);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, the rest is looked at.
            return new Finding(check, FindingStatus.Fail, e.Message, next);
        }
    }
}
