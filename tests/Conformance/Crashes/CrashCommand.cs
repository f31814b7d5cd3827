using System.Diagnostics;
using System.Runtime.Versioning;

namespace PluginHost.Conformance.Crashes;

/// <summary>
/// Kills a process at every step of what it does to a state directory, and replays every prefix of its writes with and without what was not flushed:
/// whatever is found is as it was before, or as it is afterwards, and what was begun can be done again.
/// </summary>
internal static class CrashCommand
{
    private const string Trace = "strace";

    /// <summary>Of how many steps a process is killed at one, where no scenario is named: every prefix of its writes is replayed all the same.</summary>
    private const int UsualStride = 4;

    /// <summary>Exit code of a process that was killed.</summary>
    private const int Killed = 128 + 9;

    public static int Run(string[] names, TextWriter output)
    {
        if (!OperatingSystem.IsLinux() || Start(Trace, "-V") is null)
        {
            output.WriteLine("skipped: processes are not killed step by step: there is no strace");
            return 0;
        }

        return RunAll(names, output);
    }

    [SupportedOSPlatform("linux")]
    private static int RunAll(string[] names, TextWriter output)
    {
        var count = new TrialCount(output);
        foreach (var scenario in CrashScenario.All.Where(scenario => names.Length == 0 || names.Contains(scenario.Name)))
        {
            // Whoever names a scenario has the time for every step.
            var stride = names.Length > 0 ? 1 : UsualStride;
            OnFiles(scenario, stride, count);
            if (CrashDatabase.IsThere && (names.Length > 0 || scenario.IsSharedByDefault))
            {
                OnDatabase(scenario, stride, count);
            }
        }

        if (!CrashDatabase.IsThere)
        {
            output.WriteLine("on files alone: PLUGINHOST_TEST_POSTGRES names no server");
        }

        return count.Report();
    }

    [SupportedOSPlatform("linux")]
    private static void OnFiles(CrashScenario scenario, int stride, TrialCount count)
    {
        using var folder = new Scratch();
        var place = new Place(folder["state"], null);
        scenario.Prepare(place);
        Copy(place.State, folder["before"]);
        var old = CrashScenario.Describe(new Place(Copy(folder["before"], folder["old"]), null));
        var calls = Record(scenario, place, folder["trace"], SystemCall.Traced);
        var now = CrashScenario.Describe(new Place(Copy(place.State, folder["new"]), null));
        count.Begin(scenario, "on files", old, now, calls.Count);
        Copy(folder["before"], place.State);
        var main = calls.Select(call => call.Thread).DefaultIfEmpty().First();
        Judge("replayed", Replays(calls, place.State).Select(replay => (replay.Where, (Func<string, bool>)(to =>
        {
            replay.Make(to);
            return true;
        }))));
        Judge("killed", calls
            .Where(call => call.Succeeded && call.Thread == main && call.Name != "openat" && call.Paths.Any(path => path.StartsWith(place.State + "/", StringComparison.Ordinal)))
            .Where((_, i) => i % stride == 0)
            .Select(call => ($"{call.Name} {call.Number}", (Func<string, bool>)(to =>
            {
                Copy(place.State, to);
                return Kill(scenario, new Place(to, null), call);
            }))));

        void Judge(string how, IEnumerable<(string Where, Func<string, bool> Make)> trials) => count.Judge(
            scenario,
            how,
            old,
            now,
            trials.Select((trial, i) => (trial.Where, Make: (Func<(Place, bool, IDisposable)>)(() =>
            {
                var at = new Place(folder[$"trial{i}-{how}"], null);
                return (at, trial.Make(at.State), new Gone(at.State));
            }))));
    }

    /// <summary>The same on a database: killed at each message to it, and at each step on files. What it is told is whole or not there, so nothing is replayed.</summary>
    [SupportedOSPlatform("linux")]
    private static void OnDatabase(CrashScenario scenario, int stride, TrialCount count)
    {
        using var folder = new Scratch();
        using var database = new CrashDatabase();
        var place = new Place(folder["state"], database.ConnectionString);
        scenario.Prepare(place);
        Copy(place.State, folder["before"]);
        database.Release();
        using var template = new CrashDatabase(database);
        using var untouched = new CrashDatabase(template);
        var old = CrashScenario.Describe(new Place(Copy(folder["before"], folder["old"]), untouched.ConnectionString));
        var calls = Record(scenario, place, folder["trace"], SystemCall.TracedWithSockets);
        var now = CrashScenario.Describe(place);
        count.Begin(scenario, "on a database", old, now, calls.Count);
        var main = calls.Select(call => call.Thread).DefaultIfEmpty().First();
        count.Judge(
            scenario,
            "killed",
            old,
            now,
            calls
                .Where(call => call.Succeeded && call.Thread == main && (call.IsMessage || (call.Name != "openat" && call.Paths.Any(path => path.StartsWith(place.State + "/", StringComparison.Ordinal)))))
                .Where((_, i) => i % stride == 0)
                .Select(call => ($"{call.Name} {call.Number}", (Func<(Place, bool, IDisposable)>)(() =>
                {
                    var copy = new CrashDatabase(template);
                    var at = new Place(folder["trial" + Guid.NewGuid().ToString("n")], copy.ConnectionString);
                    Copy(folder["before"], at.State);
                    return (at, Kill(scenario, at, call), new Gone(at.State, copy));
                }))));
    }

    private static List<SystemCall> Record(CrashScenario scenario, Place place, string trace, string traced)
    {
        Start(Trace, ["-f", "-qq", "--seccomp-bpf", "-y", "-xx", "-s", "1000000", "-e", "trace=" + traced, "-o", trace, .. Child(scenario, place)]);
        return SystemCall.Read(trace);
    }

    [SupportedOSPlatform("linux")]
    private static IEnumerable<(string Where, Action<string> Make)> Replays(List<SystemCall> calls, string state)
    {
        var tree = new DurableTree(state);
        foreach (var call in calls)
        {
            if (tree.Apply(call))
            {
                foreach (var flushedOnly in new[] { false, true })
                {
                    yield return ($"{call.Name} {call.Number}{(flushedOnly ? ", power lost" : "")}", tree.Snapshot(flushedOnly));
                }
            }
        }
    }

    /// <summary>Kills a process as it is about to make a system call.</summary>
    /// <returns>Whether it was killed: another run may take another way, and end before it comes there.</returns>
    private static bool Kill(CrashScenario scenario, Place place, SystemCall call) =>
        Start(Trace, ["-f", "-qq", "-e", $"inject={call.Name}:signal=KILL:when={call.Number}", "-o", "/dev/null", .. Child(scenario, place)]) == Killed;

    private static string[] Child(CrashScenario scenario, Place place) => ["dotnet", typeof(CrashCommand).Assembly.Location, "child-crash", scenario.Name, .. place.Arguments];

    [SupportedOSPlatform("linux")]
    private static string Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        new DurableTree(from).Snapshot(flushedOnly: false)(to);
        return to;
    }

    /// <returns>The exit code; null where there is no such program.</returns>
    private static int? Start(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
            start.Environment["DOTNET_TieredPGO"] = "0";
            using var process = Process.Start(start)!;
            _ = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>A folder that is gone afterwards.</summary>
    private sealed class Scratch : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("crash-").FullName;

        public string this[string name] => Path.Combine(_path, name);

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }

    /// <summary>What is gone once a trial has ended.</summary>
    private sealed class Gone(string state, IDisposable? more = null) : IDisposable
    {
        public void Dispose()
        {
            Directory.Delete(state, recursive: true);
            more?.Dispose();
        }
    }
}
