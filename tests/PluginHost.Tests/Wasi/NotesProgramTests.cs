using System.Text;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Gate;
using PluginHost.Sandbox;

namespace PluginHost.Tests.Wasi;

/// <summary>The C program of the fixtures, under different grants.</summary>
[TestClass]
public sealed class NotesProgramTests
{
    private static readonly SandboxedModule Notes =
        SandboxedModule.Load(Fixtures.Read("c-notes", "notes.wasm"));

    private static (GuestResult Result, string Output) Run(EffectiveGrant grant, string input, params string[] arguments)
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        return Run(audit, grant, new GuestLimits(), input, arguments);
    }

    private static (GuestResult Result, string Output) Run(AuditLog audit, EffectiveGrant grant, GuestLimits limits, string input, params string[] arguments)
    {
        var output = new MemoryStream();
        var program = new WasiProgram
        {
            Arguments = ["notes", .. arguments],
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Output = output,
            Error = Stream.Null,
        };
        var request = new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(Notes.Digest),
            Entry = GuestEntry.Start,
            Grant = grant,
            Limits = limits,
            Program = program,
        };
        var result = Notes.Call(audit, request, CancellationToken.None);
        return (result, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static EffectiveGrant With(bool write) => new()
    {
        Files = [new FileGrant("/notes", new MemoryTree(1 << 20, 100, TimeProvider.System).CreateRoot(), write)],
    };

    [TestMethod]
    public void Count_ReadsInputAndWritesOutput() =>
        Assert.AreEqual("4 words, 16 letters\n", Run(new EffectiveGrant(), "the quick brown fox").Output);

    [TestMethod]
    public void Files_InAGrantedRoot_LiveFromCallToCall()
    {
        var grant = With(write: true);

        Assert.AreEqual(0, Run(grant, "", "append", "/notes/a", "one").Result.ExitCode);
        Assert.AreEqual(0, Run(grant, "", "append", "/notes/a", "two").Result.ExitCode);
        Assert.AreEqual(0, Run(grant, "", "mkdir", "/notes/d").Result.ExitCode);
        Assert.AreEqual(0, Run(grant, "", "rename", "/notes/a", "/notes/d/b").Result.ExitCode);
        Assert.AreEqual("one\ntwo\n", Run(grant, "", "show", "/notes/d/b").Output);
        Assert.AreEqual("d\n", Run(grant, "", "list", "/notes").Output);
        Assert.AreEqual(0, Run(grant, "", "remove", "/notes/d/b").Result.ExitCode);
        StringAssert.Contains(Run(grant, "", "show", "/notes/d/b").Output, "No such file");
    }

    [TestMethod]
    [DataRow("append", "/notes/a", "x")]
    [DataRow("mkdir", "/notes/d", "")]
    [DataRow("remove", "/notes/a", "")]
    [DataRow("rename", "/notes/a", "/notes/b")]
    public void Change_OfAReadOnlyRoot_IsDeniedAndListed(string verb, string path, string argument)
    {
        var (result, _) = Run(With(write: false), "", verb, path, argument);

        Assert.AreNotEqual(0, result.ExitCode);
        Assert.AreEqual(Capability.FilesystemWrite, result.Denials[0].Capability);
        Assert.AreEqual(path, result.Denials[0].Resource);
        Assert.AreEqual("write_roots with \"notes\" in skill.toml", result.Denials[0].SmallestGrant);
    }

    [TestMethod]
    [DataRow("remove", "/notes/f/", "")]
    [DataRow("remove", "/notes/f/.", "")]
    [DataRow("show", "/notes/f/", "")]
    [DataRow("rename", "/notes/f/", "/notes/g")]
    public void File_NamedAsADirectory_IsNone(string verb, string path, string argument)
    {
        var grant = With(write: true);
        Run(grant, "", "append", "/notes/f", "kept");

        Assert.AreNotEqual(0, Run(grant, "", verb, path, argument).Result.ExitCode);
        Assert.AreEqual("kept\n", Run(grant, "", "show", "/notes/f").Output);
    }

    [TestMethod]
    public void Escape_IsDeniedAndListed()
    {
        var (result, _) = Run(With(write: true), "", "show", "/notes/../../etc/passwd");

        Assert.AreNotEqual(0, result.ExitCode);
        Assert.AreEqual("the path leads out of root /notes", result.Denials.Single().Rule);
    }

    [TestMethod]
    public void Environment_HoldsOnlyWhatWasGiven()
    {
        var grant = new EffectiveGrant { Environment = new EffectiveGrant().Environment.Add("LANG", "ar") };

        Assert.AreEqual("ar\n", Run(grant, "", "env", "LANG").Output);
        Assert.AreEqual("(unset)\n", Run(grant, "", "env", "PATH").Output);
    }

    [TestMethod]
    [Timeout(30_000)]
    public void Sleep_EndsWithTheCall()
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        var (result, _) = Run(audit, new EffectiveGrant(), new GuestLimits { Time = TimeSpan.FromMilliseconds(100) }, "", "sleep", "1000");

        Assert.AreEqual("limit.time", result.Stop?.Code);
    }

    [TestMethod]
    public void Output_BeyondItsLimit_IsDenied()
    {
        var grant = With(write: true) with { StdioBytes = 3 };

        var (result, output) = Run(grant, "a b c");

        Assert.AreEqual("", output);
        Assert.AreEqual(Capability.Stdio, result.Denials[0].Capability);
    }

    [TestMethod]
    public void Records_NameEveryFileEffect_AndTheReceipt()
    {
        using var folder = new TemporaryFolder();
        using (var audit = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            Run(audit, With(write: true), new GuestLimits(), "", "append", "/notes/a", "zebra");
        }

        var lines = File.ReadAllLines(folder["log"]);
        var log = string.Concat(lines);
        StringAssert.Contains(log, "\"capability\":\"filesystem.write\",\"resource\":\"/notes/a\",\"decision\":\"allow\",\"rule\":\"root /notes\"");
        Assert.AreEqual(
            lines.Count(line => line.Contains("\"type\":\"demand\"", StringComparison.Ordinal)),
            lines.Count(line => line.Contains("\"type\":\"done\"", StringComparison.Ordinal)));
        StringAssert.Contains(lines[^1], "\"type\":\"call\"");
        StringAssert.Contains(lines[^1], "\"outcome\":\"ok\"");
        Assert.IsFalse(log.Contains("zebra", StringComparison.Ordinal), "contents must not be recorded");
    }
}
