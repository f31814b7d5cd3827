using System.Text.Json;
using PluginHost.Wasm.Text;

namespace PluginHost.Cli.Tests;

[TestClass]
public sealed class WasmRunTests
{
    private static readonly string Notes = Path.Combine(AppContext.BaseDirectory, "fixtures", "c-notes", "notes.wasm");
    private string _folder = "";
    private string _module = "";

    [TestInitialize]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;
        _module = Path.Combine(_folder, "m.wasm");
        File.WriteAllBytes(_module, TextModule.Encode("""
            (module (memory 1 200)
              (func (export "add") (param i32 i64) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
              (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
              (func (export "loop") (loop (br 0)))
              (func (export "grow") (result i32) (memory.grow (i32.const 100)))
              (func (export "down") (call 4))
              (func (export "two") (result i32 f32) (i32.const 1) (f32.const nan)))
            """));
    }

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("add", new[] { "-5", "0x10" }, "11")]
    [DataRow("half", new[] { "-3" }, "-1.5")]
    [DataRow("two", new string[0], "1\nnan")]
    [DataRow("grow", new string[0], "1")]
    public void Invoke_PrintsResults(string export, string[] arguments, string expected)
    {
        var run = Invocation.Run(["wasm", "run", _module, "--invoke", export, .. arguments]);

        Assert.AreEqual(expected, run.Output.TrimEnd());
        Assert.AreEqual(0, run.ExitCode);
    }

    [TestMethod]
    [DataRow(new[] { "--invoke", "loop", "--fuel", "1000" }, 3, "limit.fuel")]
    [DataRow(new[] { "--invoke", "loop", "--timeout", "100" }, 3, "limit.time")]
    [DataRow(new[] { "--invoke", "loop", "--timeout", "100", "--unmetered" }, 3, "limit.time")]
    [DataRow(new[] { "--invoke", "down" }, 3, "limit.stack")]
    [DataRow(new[] { "--invoke", "nope" }, 1, "usage.export")]
    [DataRow(new[] { "--invoke", "add", "1" }, 1, "usage.arguments")]
    [DataRow(new[] { "--invoke", "add", "1", "x" }, 1, "usage.arguments")]
    [DataRow(new string[0], 1, "usage.export")]
    [DataRow(new[] { "--invoke", "loop", "--fuel=-5" }, 1, "usage.fuel")]
    [DataRow(new[] { "--invoke", "loop", "--fuel", "1", "--unmetered" }, 1, "usage.fuel")]
    [DataRow(new[] { "--invoke", "add", "1", "1", "--env", "x" }, 1, "usage.env")]
    public void Failure_HasItsExitCodeAndCode(string[] arguments, int exitCode, string code)
    {
        var run = Invocation.Run(["wasm", "run", _module, .. arguments]);

        Assert.AreEqual(exitCode, run.ExitCode);
        StringAssert.StartsWith(run.Error, code);
    }

    [TestMethod]
    public void Memory_OfTheFlag_Holds() =>
        Assert.AreEqual("-1", Invocation.Run("wasm", "run", _module, "--invoke", "grow", "--memory", "2").Output.Trim());

    [TestMethod]
    public void Json_HasTheFieldsOfTheContract()
    {
        var run = Invocation.Run("wasm", "run", _module, "--invoke", "add", "1", "2", "--repeat", "2", "--json");
        var json = JsonDocument.Parse(run.Output).RootElement;

        Assert.AreEqual(64, json.GetProperty("auditHead").GetString()!.Length);
        Assert.IsTrue(json.GetProperty("compileMs").GetDouble() > 0);
        Assert.AreEqual(2, json.GetProperty("calls").GetArrayLength());
        var call = json.GetProperty("calls")[1];
        Assert.AreEqual(3, call.GetProperty("results")[0].GetInt64());
        Assert.AreEqual(4, call.GetProperty("fuel").GetInt64());
        Assert.AreEqual(65_536, call.GetProperty("peakMemoryBytes").GetInt64());
        Assert.AreEqual(JsonValueKind.Null, call.GetProperty("trap").ValueKind);
    }

    [TestMethod]
    public void Json_OfATrap_NamesKindAndStack()
    {
        var run = Invocation.Run("wasm", "run", _module, "--invoke", "loop", "--fuel", "10", "--json");
        var trap = JsonDocument.Parse(run.Output).RootElement.GetProperty("calls")[0].GetProperty("trap");

        Assert.AreEqual("limit.fuel", trap.GetProperty("kind").GetString());
        Assert.AreEqual("loop", trap.GetProperty("stack")[0].GetString());
        Assert.AreEqual(3, run.ExitCode);
    }

    [TestMethod]
    public void Json_OfAnError_IsOnStandardOutput()
    {
        File.WriteAllText(_module, "(module)");
        var run = Invocation.Run("wasm", "run", _module, "--invoke", "x", "--json");

        Assert.AreEqual("inspection.module", JsonDocument.Parse(run.Output).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.AreEqual(2, run.ExitCode);
    }

    [TestMethod]
    public void ExitCode_BeyondEightBits_IsNoSuccess() =>
        Assert.AreEqual(255, Invocation.Run("wasm", "run", Notes, "--json", "--", "exit", "256").ExitCode);

    [TestMethod]
    public void Log_ThatCannotBeOpened_IsTheEnvironmentsFault() =>
        Assert.AreEqual(5, Invocation.Run("wasm", "run", _module, "--invoke", "grow", "--audit", Path.Combine(_folder, "none", "log")).ExitCode);

    [TestMethod]
    public void MissingFile_IsTheEnvironmentsFault() =>
        Assert.AreEqual(5, Invocation.Run("wasm", "run", Path.Combine(_folder, "none.wasm"), "--invoke", "x").ExitCode);

    [TestMethod]
    public void Program_UsesADirectoryAndLeavesAVerifiableLog()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: this version maps directories on Linux only");
        }

        var (data, log) = (Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName, Path.Combine(_folder, "audit.log"));
        var run = Invocation.Run("wasm", "run", Notes, "--dir", $"{data}:/notes", "--audit", log, "--json", "--", "append", "/notes/a", "one");
        var head = JsonDocument.Parse(run.Output).RootElement.GetProperty("auditHead").GetString()!;

        Assert.AreEqual(0, run.ExitCode);
        Assert.AreEqual("one\n", File.ReadAllText(Path.Combine(data, "a")));
        var verified = Invocation.Run("audit", "verify", log, "--head", head);
        Assert.AreEqual(0, verified.ExitCode);
        Assert.IsFalse(verified.Output.Contains("end not proven", StringComparison.Ordinal));
        Assert.AreEqual(7, Invocation.Run("wasm", "run", Notes, "--json", "--", "exit", "7").ExitCode);

        File.WriteAllText(log, File.ReadAllText(log).Replace("/notes/a", "/notes/b", StringComparison.Ordinal));
        Assert.AreEqual(2, Invocation.Run("audit", "verify", log).ExitCode);
    }

    [TestMethod]
    public void MappedDirectory_ThatHoldsTheLog_IsRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: this version maps directories on Linux only");
        }

        var run = Invocation.Run("wasm", "run", Notes, "--dir", $"{_folder}:/x", "--audit", Path.Combine(_folder, "audit.log"), "--", "list", "/x");

        Assert.AreEqual(1, run.ExitCode);
        StringAssert.StartsWith(run.Error, "usage.dir");

        var link = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            Assert.AreEqual(1, Invocation.Run("wasm", "run", Notes, "--dir", $"{link}:/x", "--audit", Path.Combine(_folder, "audit.log"), "--", "list", "/x").ExitCode);
        }
        finally
        {
            Directory.Delete(link);
        }
    }
}
