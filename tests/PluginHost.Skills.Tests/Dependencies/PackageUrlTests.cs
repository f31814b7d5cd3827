using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Dependencies;

namespace PluginHost.Skills.Tests.Dependencies;

[TestClass]
public sealed class PackageUrlTests
{
    [TestMethod]
    [DataRow("pkg:cargo/rand@0.7.2", "pkg:cargo/rand@0.7.2")]
    [DataRow("PKG://npm/%40Angular/Animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1")]
    [DataRow("pkg:PyPI/Flask_Login@0.1?b=2&A=1", "pkg:pypi/flask-login@0.1?a=1&b=2")]
    [DataRow("pkg:golang/GitHub.com/x/y#/a/./b/..", "pkg:golang/github.com/x/y#a/b")]
    [DataRow("pkg:nuget/Newtonsoft.Json@13.0.1?empty=", "pkg:nuget/Newtonsoft.Json@13.0.1")]
    public void Text_HasOneCanonicalForm(string text, string canonical) => Assert.AreEqual(canonical, PackageUrl.Parse(text).ToString());

    [TestMethod]
    [DataRow("cargo/rand")]
    [DataRow("pkg:cargo")]
    [DataRow("pkg:cargo/")]
    [DataRow("pkg:cargo/@1")]
    [DataRow("pkg:ca rgo/rand")]
    [DataRow("pkg:cargo/rand?=1")]
    [DataRow("pkg:cargo/rand?a")]
    [DataRow("pkg:cargo/rand?a=1&A=2")]
    [DataRow("pkg:cargo/ra%0And")]
    [DataRow("pkg:swift/Alamofire@1")]
    public void WhatIsNone_IsRefused(string text) => Assert.ThrowsExactly<FormatException>(() => PackageUrl.Parse(text));

    [TestMethod]
    public void TooLong_IsRefused() => Assert.ThrowsExactly<FormatException>(() => PackageUrl.Parse("pkg:cargo/" + new string('a', PackageUrl.MaxLength)));

    [TestMethod]
    public void CanonicalForm_IsAFixedPoint() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        PackageUrl read;
        try
        {
            read = PackageUrl.Parse("pkg:npm/" + text.Get);
        }
        catch (FormatException)
        {
            return;
        }

        Assert.AreEqual(read.ToString(), PackageUrl.Parse(read.ToString(), canonical: true).ToString());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
}
