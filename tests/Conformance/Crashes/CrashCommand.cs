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

    public static int Run(string[] names, TextWriter output)
    {
        if (!OperatingSystem.IsLinux() || !Start(Trace, "-V"))
        {
            output.WriteLine("skipped: processes are not killed step by step: there is no strace");
            return 0;
        }

        return RunAll(names, output);
    }

    [SupportedOSPlatform("linux")]
    private static int RunAll(string[] names, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        foreach (var scenario in CrashScenario.All.Where(scenario => names.Length == 0 || names.Contains(scenario.Name)))
        {
            using var folder = new Scratch();
            var state = folder["state"];
            scenario.Prepare(state);
            Copy(state, folder["before"]);
            var old = CrashScenario.Describe(Copy(folder["before"], folder["old"]));
            var calls = Record(scenario, state, folder["trace"]);
            var now = CrashScenario.Describe(Copy(state, folder["new"]));
            output.WriteLine($"{scenario.Name} after [{string.Join(", ", scenario.Before)}]: '{old}' becomes '{now}', {calls.Count} system calls");
            failed += old == now ? 1 : 0;

            Copy(folder["before"], state);
            var main = calls.Select(call => call.Thread).DefaultIfEmpty().First();
            var steps = Touching(calls, state);
            Judge("replayed", Replays(calls, state));
            Judge("killed", steps.Where(call => call.Thread == main && call.Name != "openat").Select(call => Killed(scenario, state, call)));

            void Judge(string how, IEnumerable<(string Where, Action<string> Make)> trials)
            {
                var count = 0;
                Parallel.ForEach(trials, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, trial =>
                {
                    var place = folder[$"trial{Interlocked.Increment(ref count)}-{how}"];
                    trial.Make(place);
                    var found = CrashScenario.Describe(place);
                    var again = found == old ? Again(scenario, place) : found;
                    Directory.Delete(place, recursive: true);
                    if ((found == old || found == now) && again == now)
                    {
                        Interlocked.Increment(ref passed);
                    }
                    else
                    {
                        Interlocked.Increment(ref failed);
                        output.WriteLine($"{scenario.Name}, {how} at {trial.Where}: '{found}', then '{again}'");
                    }
                });
                output.WriteLine($"  {how} at {count} steps");
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static string Again(CrashScenario scenario, string state)
    {
        try
        {
            CrashScenario.Do(scenario.Name, state);
            return CrashScenario.Describe(state);
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static List<SystemCall> Record(CrashScenario scenario, string state, string trace)
    {
        Start(Trace, ["-f", "-qq", "--seccomp-bpf", "-y", "-xx", "-s", "1000000", "-e", "trace=" + SystemCall.Traced, "-o", trace, .. Child(scenario, state)]);
        return SystemCall.Read(trace);
    }

    private static List<SystemCall> Touching(List<SystemCall> calls, string state) => [.. calls.Where(call => call.Succeeded && call.Paths.Any(path => path.StartsWith(state + "/", StringComparison.Ordinal)))];

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

    [SupportedOSPlatform("linux")]
    private static (string Where, Action<string> Make) Killed(CrashScenario scenario, string state, SystemCall call) => ($"{call.Name} {call.Number}", place =>
    {
        Copy(state, place);
        Start(Trace, ["-f", "-qq", "--seccomp-bpf", "-e", "trace=" + SystemCall.Traced, "-e", $"inject={SystemCall.Traced}:signal=KILL:when={call.Number}", "-o", "/dev/null", .. Child(scenario, place)]);
    });

    private static string[] Child(CrashScenario scenario, string state) => ["dotnet", typeof(CrashCommand).Assembly.Location, "child-crash", scenario.Name, state];

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

    private static bool Start(string program, params string[] arguments)
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
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>A folder that is gone afterwards.</summary>
    private sealed class Scratch : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("crash-").FullName;

        public string this[string name] => Path.Combine(_path, name);

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
