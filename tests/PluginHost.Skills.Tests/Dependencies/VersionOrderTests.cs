using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Dependencies.Versions;

namespace PluginHost.Skills.Tests.Dependencies;

[TestClass]
public sealed class VersionOrderTests
{
    private static readonly string[] Ecosystems = ["crates.io", "NuGet", "PyPI", "RubyGems", "Packagist", "Pub", "Maven", "CRAN", "Debian", "Red Hat"];

    private static readonly Gen<string> Versions = Gen.Elements("0", "1", "01", "2", "10", ".", "-", "+", "~", "^", "_", "a", "b", "rc", "alpha", "beta", "dev", "post", "final", "snapshot", "v", ":", "é")
        .ListOf().Select(parts => string.Concat(parts.Take(9)));

    [TestMethod]
    [DataRow("crates.io", "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0 < 1.0.1")]
    [DataRow("Go", "v1.2.3 = 1.2.3 < v1.10.0")]
    [DataRow("NuGet", "1.0-A = 1.0.0-a < 1 = 1.0.0.0 < 1.0.0.1")]
    [DataRow("PyPI", "1.dev1 < 1a1 < 1b1 < 1rc1 = 1c1 < 1 = 1.0 < 1+abc < 1+abc.5 < 1+5 < 1.post1.dev2 < 1.post1 < 1!0.1")]
    [DataRow("RubyGems", "1.0.a < 1.0 = 1 < 1.0.1.pre < 1.0.1")]
    [DataRow("Packagist", "1.0-dev < 1.0alpha1 < 1.0beta1 < 1.0RC1 < 1.0 < 1.0pl1")]
    [DataRow("Maven", "1-alpha-1 < 1-beta-1 < 1-milestone < 1-rc = 1-cr < 1-SNAPSHOT < 1 = 1.0 = 1-ga = 1.0.0-final < 1-sp < 1-abc < 1-1 < 1.1")]
    [DataRow("Debian", "1.0~rc1-1 < 1.0-1 < 1.0-1+b1 < 1.0a-1 < 1.1-1 < 1:0.1-1")]
    [DataRow("Red Hat", "1.0~rc1 < 1.0 < 1.0^git1 < 1.0a.1 = 1.0a1 < 1.0.1 < 1:0.5")]
    [DataRow("CRAN", "0.9-1 = 0.9.1 < 0.9-10 < 0.10")]
    public void Ecosystem_OrdersItsVersions(string ecosystem, string chain)
    {
        var order = VersionOrder.Of(ecosystem)!;
        var parts = chain.Split(' ');
        for (var i = 0; i + 2 < parts.Length; i += 2)
        {
            Assert.AreEqual(parts[i + 1] == "<" ? -1 : 0, Math.Sign(order.Compare(parts[i], parts[i + 2])), $"{parts[i]} {parts[i + 1]} {parts[i + 2]}");
        }
    }

    [TestMethod]
    public void UnknownEcosystem_HasNoOrder() => Assert.IsNull(VersionOrder.Of("GIT"));

    [TestMethod]
    public void AnyTexts_HaveAnAntisymmetricOrder() => Prop.ForAll(Gen.Zip(Gen.Elements(Ecosystems), Gen.Zip(Versions, Versions)).ToArbitrary(), sample =>
    {
        var (ecosystem, (x, y)) = sample;
        var order = VersionOrder.Of(ecosystem)!;

        Assert.AreEqual(0, order.Compare(x, x));
        Assert.AreEqual(Math.Sign(order.Compare(x, y)), -Math.Sign(order.Compare(y, x)), $"{ecosystem}: '{x}' '{y}'");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [TestMethod]
    public void LongTexts_AreComparedNoFurtherThanTheirLimit()
    {
        foreach (var ecosystem in Ecosystems)
        {
            var prefix = string.Concat(Enumerable.Repeat("1-", 1_000_000));

            Assert.AreEqual(0, VersionOrder.Of(ecosystem)!.Compare(prefix + "1", prefix + "2"), ecosystem);
        }
    }
}
