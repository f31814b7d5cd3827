using System.Diagnostics;
using PluginHost.Conformance.Crashes;
using PluginHost.Skills;
using PluginHost.State;

namespace PluginHost.Conformance.Races;

/// <summary>
/// Several processes install, update, roll back, quarantine, release, remove and run the same skill at once, and some are killed on the way: nobody meets a
/// fault, and what is left in the end is whole.
/// </summary>
internal static class RaceCommand
{
    private const int Processes = 3;
    private const int Killed = 3;

    public static int Run(int rounds, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        Race("one state directory", rounds, isShared: false, machines: 1);
        if (CrashDatabase.IsThere)
        {
            Race("one state directory on a database", rounds, isShared: true, machines: 1);
            Race("machines on a database", rounds, isShared: true, machines: Processes);
        }
        else
        {
            output.WriteLine("on files alone: PLUGINHOST_TEST_POSTGRES names no server");
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;

        void Race(string where, int count, bool isShared, int machines)
        {
            var folder = Directory.CreateTempSubdirectory("races-");
            using var database = isShared ? new CrashDatabase() : null;
            var places = Enumerable.Range(0, machines).Select(i => new Place(Path.Combine(folder.FullName, $"state{i}"), database?.ConnectionString)).ToList();
            places.ForEach(place => StateRoot.Create(place.State));
            CrashScenario.Do("operator", places[0]);
            var told = new List<string>();
            var children = Enumerable.Range(0, Processes).Select(i => Task.Run(() => Live(places[i % machines], i, count, machines > 1, told))).ToList();
            var random = new Random(20261122);
            for (var i = 0; i < Killed; i++)
            {
                using var victim = Start(places[i % machines], 100 + i, 10_000, machines > 1);

                // In the middle of something: it has done one thing.
                var first = victim.StandardOutput.ReadLine();
                Thread.Sleep(random.Next(500));
                victim.Kill();
                var lines = victim.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
                victim.WaitForExit();
                lock (told)
                {
                    told.Add(first ?? "fault in a process that was to be killed: it ended by itself");
                    told.AddRange(lines.Where(line => line.StartsWith("fault", StringComparison.Ordinal)));
                }
            }

            Task.WaitAll([.. children]);
            if (RaceChild.Kinds.FirstOrDefault(kind => !told.Contains($"{kind} ok")) is { } never)
            {
                told.Add($"fault: nobody succeeded to {never}");
            }

            passed += told.Count(line => !line.StartsWith("fault", StringComparison.Ordinal));
            foreach (var fault in told.Where(line => line.StartsWith("fault", StringComparison.Ordinal)))
            {
                failed++;
                output.WriteLine($"{where}: {fault}");
            }

            output.WriteLine($"{where}: {string.Join(", ", told.Where(line => !line.StartsWith("fault", StringComparison.Ordinal)).CountBy(line => line.Split(' ')[^1]).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"))}");
            foreach (var place in places)
            {
                var found = Settled(place, machines > 1);
                output.WriteLine($"{where}: in the end '{found}'");
                var isWhole = !found.Contains("Exception", StringComparison.Ordinal) && !Directory.EnumerateDirectories(Path.Combine(place.State, "skills"), ".tmp-*", SearchOption.AllDirectories).Any();
                (passed, failed) = isWhole ? (passed + 1, failed) : (passed, failed + 1);
            }

            folder.Delete(recursive: true);
        }
    }

    /// <summary>What is left, once one more installation has taken away what the killed ones left.</summary>
    private static string Settled(Place place, bool isAlone)
    {
        try
        {
            var host = place.Host();
            try
            {
                host.Library.Install(Subject.Package(place.State, "9.0.0"));
            }
            catch (SkillException e) when (e.Code == "policy.installed")
            {
                // Another machine's; the folder is settled all the same.
            }
            finally
            {
                host.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }

        return CrashScenario.Describe(place, hasAll: !isAlone);
    }

    private static void Live(Place place, int seed, int rounds, bool isAlone, List<string> told)
    {
        using var child = Start(place, seed, rounds, isAlone);
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        lock (told)
        {
            told.AddRange(lines);
            if (lines.Length != rounds)
            {
                told.Add($"fault in process {seed}: it did {lines.Length} of {rounds} things");
            }
        }
    }

    private static Process Start(Place place, int seed, int rounds, bool isAlone) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(RaceCommand).Assembly.Location, "child-race", $"{seed}", $"{rounds}", isAlone ? "alone" : "together", .. place.Arguments]) { RedirectStandardOutput = true })!;
}
