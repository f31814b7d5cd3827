using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Http;

namespace PluginHost.Tests.Grants;

[TestClass]
public sealed class GrantIntersectionTests
{
    [TestMethod]
    public void MappedDirectory_IsSharedOnlyWhereBothHaveIt_AndWrittenOnlyWhereBothMay()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories are mapped on Linux only");
        }

        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        using var mapped = HostDirectory.Open(folder.Path);
        using var again = HostDirectory.Open(folder.Path);
        using var elsewhere = HostDirectory.Open(other.Path);
        var own = new MemoryTree(1 << 20, 100, TimeProvider.System).CreateRoot();
        var callee = new EffectiveGrant { Files = [new FileGrant("/a", mapped, CanWrite: true), new FileGrant("/own", own, CanWrite: true)] };

        var both = GrantIntersection.Of(callee, new EffectiveGrant { Files = [new FileGrant("/b", again, CanWrite: false)] });
        var none = GrantIntersection.Of(callee, new EffectiveGrant { Files = [new FileGrant("/a", elsewhere, CanWrite: true)] });

        CollectionAssert.AreEqual(new[] { "/a", "/own" }, both.Files.Select(grant => grant.Root).ToArray());
        Assert.IsFalse(both.Files[0].CanWrite);
        Assert.IsTrue(both.Files[1].CanWrite);
        CollectionAssert.AreEqual(new[] { "/own" }, none.Files.Select(grant => grant.Root).ToArray());
    }

    [TestMethod]
    public void PairsOfGrants_AreBounded()
    {
        var many = new EffectiveGrant { Http = [.. Enumerable.Range(0, 100).Select(i => new HttpGrant { Host = "a.test", PathPrefix = "/" })] };

        Assert.HasCount(256, GrantIntersection.Of(many, many).Http);
    }

    [TestMethod]
    public void Path_IsTheNarrowerOfBoth_AndNoneWhereTheyDoNotMeet()
    {
        var wide = new EffectiveGrant { Http = [new HttpGrant { Host = "a.test", PathPrefix = "/v1/" }] };
        var narrow = new EffectiveGrant { Http = [new HttpGrant { Host = "a.test", PathPrefix = "/v1/x", Methods = ["GET"] }] };
        var apart = new EffectiveGrant { Http = [new HttpGrant { Host = "a.test", PathPrefix = "/v2/" }] };

        Assert.AreEqual("/v1/x", GrantIntersection.Of(wide, narrow).Http.Single().PathPrefix);
        CollectionAssert.AreEqual(new[] { "GET" }, GrantIntersection.Of(wide, narrow).Http.Single().Methods.ToArray());
        Assert.IsEmpty(GrantIntersection.Of(wide, apart).Http);
    }
}
