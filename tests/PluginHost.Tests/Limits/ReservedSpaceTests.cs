using System.Threading.RateLimiting;
using PluginHost.Capabilities.Files;
using PluginHost.Skills;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Limits;

/// <summary>Files in memory draw on the host's memory as they grow.</summary>
[TestClass]
public sealed class ReservedSpaceTests : IDisposable
{
    private const int PagesOfAMebibyte = 16;

    /// <summary>Writes as many mebibytes to /data/f as its input is long; exit code 1 where there is no room.</summary>
    private const string Writer = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 20) (data (i32.const 0) "f") (data (i32.const 16) "\00\00\01\00\00\00\10\00") (data (i32.const 32) "\00\01\00\00\40\00\00\00")
          (func (export "_start") (local $n i32)
            (drop (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 48)))
            (local.set $n (i32.load (i32.const 48)))
            (if (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 56)) (then (call $exit (i32.const 2))))
            (block (loop
              (br_if 1 (i32.eqz (local.get $n)))
              (if (call $write (i32.load (i32.const 56)) (i32.const 16) (i32.const 1) (i32.const 60)) (then (call $exit (i32.const 1))))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br 0)))))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static long Free(SkillHost host) => host.Services.Calls.Memory.GetStatistics()!.CurrentAvailablePermits;

    private Skill Load(SkillHost host, string id = "acme.test") => host.LoadSkill(new TestPackage
    {
        Id = id,
        Modules = new() { ["m"] = Writer },
        Manifest = "[capabilities.filesystem]\nread_roots = []\nwrite_roots = [\"data\"]\n[capabilities.quotas]\nmax_memory_bytes = 2097152",
    }.Write(_folder));

    private static async Task<string> Write(Skill skill, int mebibytes)
    {
        try
        {
            await skill.CallAsync("acme.run", new string('x', mebibytes));
            return "ok";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.IsTrue(condition());
    }

    [TestMethod]
    public void Space_IsReservedInMebibytes_AndGivenBack()
    {
        using var memory = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 3 * PagesOfAMebibyte, QueueLimit = 0 });
        using var space = new ReservedSpace(bytes => memory.AttemptAcquire((int)(bytes / (64 * 1024))));
        Assert.IsTrue(space.TryTake(1));
        Assert.IsTrue(space.TryTake((1 << 20) - 1));
        Assert.AreEqual(2 * PagesOfAMebibyte, memory.GetStatistics()!.CurrentAvailablePermits);
        Assert.IsTrue(space.TryTake(1));
        Assert.AreEqual(PagesOfAMebibyte, memory.GetStatistics()!.CurrentAvailablePermits);

        Assert.IsFalse(space.TryTake(3 << 20));
        Assert.AreEqual(PagesOfAMebibyte, memory.GetStatistics()!.CurrentAvailablePermits, "nothing is taken where all of it does not fit");
        Assert.IsTrue(space.TryTake(-(1 << 20) - 1));
        Assert.AreEqual(3 * PagesOfAMebibyte, memory.GetStatistics()!.CurrentAvailablePermits);
        Assert.IsTrue(space.TryTake(3 << 20));
    }

    [TestMethod]
    public async Task FilesOfSkills_TakeTheHostsMemory()
    {
        await using var host = TestHosts.Create(options => options.Limits.HostMemoryBytes = 100L << 20);
        var (one, other) = (Load(host), Load(host, "acme.other"));
        var free = Free(host);
        Assert.AreEqual("ok", await Write(one, 10));
        await Until(() => Free(host) is var now && now <= free - (10 * PagesOfAMebibyte) && now >= free - (14 * PagesOfAMebibyte));

        Assert.AreEqual("ok", await Write(one, 1), "it is truncated, and what it took is given back");
        await Until(() => Free(host) >= free - (3 * PagesOfAMebibyte));
        Assert.AreEqual("guest.exit", await Write(other, 60), "within its own 64 MiB, but not within the host's memory");
        Assert.AreEqual("ok", await Write(other, 1));
        Assert.AreEqual("ok", await Write(one, 20), "what did not fit was given back with the file");
    }

    [TestMethod]
    public async Task DataBytes_FollowAReload()
    {
        await using var host = TestHosts.Create();
        var skill = Load(host);
        Assert.AreEqual("ok", await Write(skill, 4));

        host.Reload(new SkillLimits { DataBytes = 2 << 20 });
        Assert.AreEqual("guest.exit", await Write(skill, 4));

        host.Reload(new SkillLimits());
        Assert.AreEqual("ok", await Write(skill, 4));
    }
}
