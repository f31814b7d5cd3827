using System.Diagnostics;
using System.Globalization;
using PluginHost.Conformance.Wast;

namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class LeakTests
{
    [TestMethod]
    [Timeout(300_000)]
    public void AThousandModules_LeaveNoMoreMemoryThanAHundred()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(WastReport).Assembly.Location);
        start.ArgumentList.Add("child-leak");

        // The runtime compiles the engine anew while it runs, which takes memory for a while and is no module's doing.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var child = Process.Start(start)!;
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();

        Assert.AreEqual(0, child.ExitCode);
        var sizes = lines.Select(line => long.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.IsLessThan(sizes[0] * 1.1, sizes[1], $"{sizes[0]} KiB after 100, {sizes[1]} KiB after 1,000");
    }
}
