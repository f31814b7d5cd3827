using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Gate;
using PluginHost.Sandbox;
using PluginHost.Wasm.Text;

namespace PluginHost.Tests.Wasi;

/// <summary>Programs written against the host, not with a C library.</summary>
[TestClass]
public sealed class HostileProgramTests
{
    private const string Imports = """
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
        (import "wasi_snapshot_preview1" "fd_pwrite" (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        """;

    private static GuestResult Run(string code, EffectiveGrant? grant = null, GuestLimits? limits = null, Stream? input = null, string? log = null, string imports = "")
    {
        var module = SandboxedModule.Load(TextModule.Encode($"(module {imports} {Imports} {code})"));
        using var audit = log is null ? AuditLog.InMemory(TimeProvider.System) : AuditLog.Open(log, TimeProvider.System);
        return module.Call(audit, new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(module.Digest),
            Entry = GuestEntry.Start,
            Grant = grant ?? new EffectiveGrant(),
            Limits = limits ?? new GuestLimits(),
            Program = new WasiProgram { Arguments = ["hostile"], Input = input ?? Stream.Null, Output = Stream.Null, Error = Stream.Null },
        }, CancellationToken.None);
    }

    private static void WithTrees(Action<EffectiveGrant> test)
    {
        test(new EffectiveGrant { Files = [new FileGrant("/w", new MemoryTree(1 << 20, 10_000, TimeProvider.System).CreateRoot(), CanWrite: true)] });
        if (OperatingSystem.IsLinux())
        {
            using var folder = new TemporaryFolder();
            using var directory = HostDirectory.Open(folder.Path);
            test(new EffectiveGrant { Files = [new FileGrant("/w", directory, CanWrite: true)] });
        }
    }

    [TestMethod]
    public void Times_OfFilesAndDirectories_AreSetWhereWritingIsGranted() => WithTrees(grant =>
    {
        const string program = """
            (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $utime (param i32 i64 i64 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $utimeat (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
            (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
            """;
        const string code = """
            (data (i32.const 0) "f")
            (func $is (param i32 i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then (call $exit (local.get 2)))))
            (func $mtime (result i64) (call $is (call $stat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 128)) (i32.const 0) (i32.const 20))
              (i64.load offset=48 (i32.const 128)))
            (func (export "_start")
              (call $is (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 0x3fffffff) (i64.const 0) (i32.const 0) (i32.const 32)) (i32.const 0) (i32.const 1))
              (call $is (call $utime (i32.load (i32.const 32)) (i64.const 0) (i64.const 1234000000000) (i32.const 4)) (i32.const 0) (i32.const 2))
              (call $is (i64.eq (call $mtime) (i64.const 1234000000000)) (i32.const 1) (i32.const 3))
              (call $is (call $utimeat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i64.const 5000000000) (i32.const 4)) (i32.const 0) (i32.const 4))
              (call $is (i64.eq (call $mtime) (i64.const 5000000000)) (i32.const 1) (i32.const 5))
              (call $is (call $utimeat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i64.const 0) (i32.const 8)) (i32.const 0) (i32.const 6))
              (call $is (i64.gt_u (call $mtime) (i64.const 1000000000000000000)) (i32.const 1) (i32.const 7))
              (call $is (call $utimeat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i64.const 0) (i32.const 12)) (i32.const 28) (i32.const 8))
              (call $is (call $utime (i32.const 3) (i64.const 0) (i64.const -1) (i32.const 4)) (i32.const 0) (i32.const 9))
              (call $is (call $allocate (i32.load (i32.const 32)) (i64.const 10) (i64.const 90)) (i32.const 0) (i32.const 10))
              (drop (call $mtime))
              (call $is (i32.load offset=32 (i32.const 128)) (i32.const 100) (i32.const 11))
              (call $is (call $allocate (i32.load (i32.const 32)) (i64.const 0) (i64.const 0x7fffffffffffffff)) (i32.const 22) (i32.const 12))
              (call $is (call $allocate (i32.load (i32.const 32)) (i64.const -1) (i64.const 1)) (i32.const 28) (i32.const 13))
              (call $is (call $readlink (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 64) (i32.const 64) (i32.const 32)) (i32.const 28) (i32.const 14)))
            """;
        var writable = Run(code, grant, imports: program);
        Assert.AreEqual((null, 0), (writable.Stop, writable.ExitCode));

        var only = grant with { Files = [grant.Files[0] with { CanWrite = false }] };
        var refused = Run("""
            (data (i32.const 0) "f")
            (func (export "_start") (call $exit (call $utimeat (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i64.const 5) (i32.const 4))))
            """, only, imports: program);
        Assert.AreEqual(76, refused.ExitCode);
        Assert.HasCount(1, refused.Denials);
    });

    [TestMethod]
    [DataRow("(call $resize (i32.load (i32.const 32)) (i64.const 0x4000000000000000))")]
    [DataRow("(call $resize (i32.load (i32.const 32)) (i64.const -1))")]
    [DataRow("(call $pwrite (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i64.const 0x7fffffffffffffff) (i32.const 0))")]
    [DataRow("(call $pwrite (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i64.const 0x4000000000000000) (i32.const 0))")]
    public void AbsurdSize_IsAnErrorNumber(string effect) => WithTrees(grant =>
    {
        var result = Run($"""
            (data (i32.const 0) "f") (data (i32.const 16) "\00\00\00\00\01\00\00\00")
            (func (export "_start")
              (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 0x400042) (i64.const 0) (i32.const 0) (i32.const 32)))
              (call $exit {effect}))
            """, grant);

        Assert.IsNull(result.Stop);
        Assert.AreNotEqual(0, result.ExitCode);
    });

    [TestMethod]
    public void Links_AreMadeInMemory_AndNotInDirectoriesOfTheMachine() => WithTrees(grant =>
    {
        const string imports = """(import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))""";
        var result = Run("""
            (data (i32.const 0) "fl")
            (func (export "_start") (call $exit (call $symlink (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 1) (i32.const 1))))
            """, grant, imports: imports);

        Assert.AreEqual((int)(grant.Files[0].Tree is HostDirectory ? Errno.NotSupported : Errno.Success), result.ExitCode);
    });

    [TestMethod]
    public void DeepDirectories_EndInAnError_AndTheLogStaysWhole()
    {
        using var folder = new TemporaryFolder();
        var name = string.Concat(Enumerable.Repeat("n", 250));
        WithTrees(grant =>
        {
            var result = Run($$"""
                (data (i32.const 64) "{{name}}")
                (func (export "_start") (local i32 i32)
                  (local.set 0 (i32.const 3))
                  (loop
                    (local.set 1 (call $mkdir (local.get 0) (i32.const 64) (i32.const 250)))
                    (if (local.get 1) (then (call $exit (local.get 1))))
                    (local.set 1 (call $open (local.get 0) (i32.const 0) (i32.const 64) (i32.const 250) (i32.const 2) (i64.const 0x1fffffbf) (i64.const -1) (i32.const 0) (i32.const 32)))
                    (if (local.get 1) (then (call $exit (local.get 1))))
                    (local.set 0 (i32.load (i32.const 32)))
                    (br 0)))
                """, grant, log: folder["log"]);

            Assert.AreEqual((int)Errno.NameTooLong, result.ExitCode);
        });

        using var log = File.OpenRead(folder["log"]);
        Assert.IsTrue(AuditVerifier.Verify(log, null).Intact);
        Assert.IsTrue(log.Length < 1 << 20);
    }

    [TestMethod]
    [Timeout(120_000)]
    public void FloodOfDenials_EndsTheCall()
    {
        var result = Run("""
            (func (export "_start") (loop (drop (call $random (i32.const 0) (i32.const 70000))) (br 0)))
            """, limits: new GuestLimits { Time = TimeSpan.FromSeconds(100) });

        Assert.AreEqual("limit.denials", result.Stop?.Code);
    }

    [TestMethod]
    [Timeout(30_000)]
    public void BlockingInput_EndsWithTheCall()
    {
        using var input = new SilentStream();

        var result = Run("""
            (data (i32.const 16) "\40\00\00\00\01\00\00\00")
            (func (export "_start") (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 0))))
            """, limits: new GuestLimits { Time = TimeSpan.FromMilliseconds(200) }, input: input);

        Assert.AreEqual("limit.time", result.Stop?.Code);
    }

    [TestMethod]
    public void Input_IsDemandedBeforeItIsRead()
    {
        using var folder = new TemporaryFolder();
        var input = new MemoryStream("secret"u8.ToArray());

        Run("""
            (data (i32.const 16) "\40\00\00\00\01\00\00\00\ff\ff\ff\ff\01\00\00\00")
            (func (export "_start") (call $exit (call $read (i32.const 0) (i32.const 16) (i32.const 2) (i32.const 0))))
            """, input: input, log: folder["log"]);

        StringAssert.Contains(File.ReadAllText(folder["log"]), "\"capability\":\"stdio\",\"resource\":\"stdin\"");
    }

    [TestMethod]
    [DataRow("(call $poll (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))")]
    [DataRow("(call $poll (i32.const 0xffff0000) (i32.const 0) (i32.const 1) (i32.const 0))")]
    [DataRow("(call $read (i32.const 0) (i32.const -8) (i32.const 1) (i32.const 0))")]
    [DataRow("(call $read (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))")]
    [DataRow("(call $random (i32.const -1) (i32.const 2))")]
    [DataRow("(call $stat (i32.const -1) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))")]
    [DataRow("(call $mkdir (i32.const 3) (i32.const -1) (i32.const 100))")]
    public void AbsurdArguments_AreErrorNumbers(string call)
    {
        var result = Run($"""(func (export "_start") (call $exit {call}))""");

        Assert.IsNull(result.Stop);
        Assert.AreNotEqual(0, result.ExitCode);
    }

    [TestMethod]
    public void MemoryFiles_CountWhatTheyHold_NotWhatIsUsedOfIt()
    {
        var root = new MemoryTree(1000, 100, TimeProvider.System).CreateRoot();
        using var first = root.OpenFile("a", new FileOpenOptions(true, true, true, false));
        first.SetLength(900);
        first.SetLength(0);
        using var second = root.OpenFile("b", new FileOpenOptions(true, true, true, false));
        second.SetLength(900);

        Assert.ThrowsExactly<FileTreeException>(() => first.SetLength(200));
    }
}
