using System.Diagnostics;
using PluginHost.Audit;

namespace PluginHost.Conformance.Children;

/// <summary>Kills a process in the middle of its effects, again and again, and counts effects without a record.</summary>
internal static class KillCommand
{
    public static int Run(int rounds, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("kill-");
        var (log, effects) = (Path.Combine(folder.FullName, "log.jsonl"), Path.Combine(folder.FullName, "effects"));
        var random = new Random(20261122);
        var failed = 0;
        long before = 0;
        for (var i = 0; i < rounds; i++)
        {
            using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(KillCommand).Assembly.Location, "child-effects", log, effects]))!;
            SpinWait.SpinUntil(() => child.HasExited || (File.Exists(effects) && new FileInfo(effects).Length > before), 30_000);
            Thread.Sleep(random.Next(30));
            child.Kill();
            child.WaitForExit();
            before = new FileInfo(effects).Length;
            var report = AuditVerifier.Verify(log, new AuditExpectation());
            var demands = AuditFiles.Parts(log).SelectMany(File.ReadLines).LongCount(line => line.Contains("\"type\":\"demand\"", StringComparison.Ordinal));
            if (!report.Intact || before > demands || demands > before + i + 1)
            {
                failed++;
                output.WriteLine($"round {i}: {before} effects, {demands} demands, chain {(report.Intact ? "holds" : report.Problems[0].What)}");
            }
        }

        folder.Delete(recursive: true);
        output.WriteLine($"{before} effects in {rounds} processes that were killed");
        output.WriteLine($"{rounds - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
