using System.Diagnostics;
using PluginHost.Conformance.Wast;

namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class StackTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(120_000)]
    public void EndlessRecursion_OnEveryKindOfThread_LeavesTheProcessAlive()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(WastReport).Assembly.Location);
        start.ArgumentList.Add("child-stack");
        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        TestContext.WriteLine(output);

        Assert.AreEqual(0, child.ExitCode, errors.Result);
        StringAssert.EndsWith(output.TrimEnd(), "alive");
        Assert.IsFalse(output.Contains("returned", StringComparison.Ordinal));
    }

    [TestMethod]
    public void CallDepth_IsExact()
    {
        const string program = """
            (module (func $down (export "down") (param i32) (result i32)
              (if (result i32) (local.get 0)
                (then (call $down (i32.sub (local.get 0) (i32.const 1))))
                (else (i32.const 1)))))
            """;
        using var guest = new Guest(program, null, new StoreOptions { CallDepth = 100 });

        Assert.AreEqual(1, guest.CallI32("down", 100));
        Assert.AreEqual(TrapKind.CallStackExhausted, guest.Trap("down", 101).Kind);
    }

    [TestMethod]
    public void Trap_NamesTheFunctionsOnTheStack()
    {
        using var guest = new Guest("""
            (module (func $inner (unreachable)) (func (export "outer") (call $inner)))
            """);

        var trap = guest.Trap("outer");

        CollectionAssert.AreEqual(new[] { "func[0]", "outer" }, trap.Stack.Select(frame => frame.ToString()).ToArray());
        Assert.AreEqual("unreachable in func[0]", trap.Message);
    }
}
