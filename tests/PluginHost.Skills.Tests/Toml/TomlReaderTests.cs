using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Tests.Toml;

[TestClass]
public sealed class TomlReaderTests
{
    private const string Manifest = """
        manifest_version = 2
        skill_id = "acme.weather"

        [[entrypoints.tools]]
        id = "acme.weather.today"
        input_schema = { type = "object", properties = { city = { type = "string" } } }
        risk.requires_approval = true

        [capabilities]
        http_egress_allowlist = [
          "api.example.com", # a comment
        ]
        [capabilities.quotas]
        fuel_budget = 10_000_000
        """;

    private static TomlTable Read(string text) => TomlReader.Read(Encoding.UTF8.GetBytes(text));

    private static int RefusedLine(string text) => Assert.ThrowsExactly<TomlException>(() => Read(text)).Position.Line;

    [TestMethod]
    public void Manifest_IsRead()
    {
        var root = Read(Manifest);
        var tool = (TomlTable)((TomlArray)((TomlTable)root["entrypoints"])["tools"]).Items[0];
        var capabilities = (TomlTable)root["capabilities"];

        Assert.AreEqual(2L, root["manifest_version"]);
        Assert.AreEqual("acme.weather.today", tool["id"]);
        Assert.AreEqual(true, ((TomlTable)tool["risk"])["requires_approval"]);
        Assert.AreEqual("api.example.com", ((TomlArray)capabilities["http_egress_allowlist"]).Items.Single());
        Assert.AreEqual(10_000_000L, ((TomlTable)capabilities["quotas"])["fuel_budget"]);
    }

    [TestMethod]
    [DataRow("a = 1\na = 2", 2)]
    [DataRow("[a]\nb = 1\n[a]", 3)]
    [DataRow("a.b = 1\n[a]", 2)]
    [DataRow("[a.b]\n[a]\nb.c = 1", 3)]
    [DataRow("a = {b = 1}\na.c = 2", 2)]
    [DataRow("a = {b = 1}\n[a.c]", 2)]
    [DataRow("a = [1]\n[[a]]", 2)]
    [DataRow("x = 9223372036854775808", 1)]
    [DataRow("x = 0x8000000000000000", 1)]
    [DataRow("x = 01", 1)]
    [DataRow("x = 1__0", 1)]
    [DataRow("x = \"a\nb\"", 1)]
    [DataRow("x = \"\\ud800\"", 1)]
    [DataRow("x = 2026-02-29", 1)]
    [DataRow("x = 1 y = 2", 1)]
    [DataRow("x = ", 1)]
    [DataRow("[[a] ]", 1)]
    public void Forbidden_IsRefusedWithItsLine(string text, int line) => Assert.AreEqual(line, RefusedLine(text));

    [TestMethod]
    [DataRow("x = 1 y = 2", 7)]
    [DataRow("x = \"\\q\"", 8)]
    [DataRow("  a = 1\n  a = 2", 3)]
    [DataRow("[a]\n[b]\n  [a]", 3)]
    public void Refusal_NamesTheColumn(string text, int column) =>
        Assert.AreEqual(column, Assert.ThrowsExactly<TomlException>(() => Read(text)).Position.Column);

    [TestMethod]
    public void Key_KnowsWhereItStands()
    {
        var root = Read(Manifest);

        Assert.AreEqual(new TomlPosition(2, 1), root.PositionOf("skill_id"));
        Assert.AreEqual(new TomlPosition(9, 1), root.PositionOf("capabilities"));
        Assert.AreEqual(new TomlPosition(9, 1), ((TomlTable)root["capabilities"]).PositionOf("absent"));
    }

    [TestMethod]
    public void Nesting_ThroughKeysBracesAndHeadersTogether_HasABottom()
    {
        var part = string.Join('.', Enumerable.Repeat("a", 30));

        RefusedLine($"{part} = {{ {part} = {{ {part} = 1 }} }}");
        RefusedLine($"[{part}]\n{part} = {{ {part} = 1 }}");
    }

    [TestMethod]
    public void Nesting_HasABottom()
    {
        RefusedLine("x = " + new string('[', 100_000));
        RefusedLine("x = " + string.Concat(Enumerable.Repeat("{a=", 100_000)));
        RefusedLine(string.Join('.', Enumerable.Repeat("a", 10_000)) + " = 1");
        RefusedLine("[" + string.Join('.', Enumerable.Repeat("a", 10_000)) + "]");
    }

    [TestMethod]
    public void Document_TooLargeOrNotUtf8_IsRefused()
    {
        Assert.ThrowsExactly<TomlException>(() => TomlReader.Read(new byte[2_000_000]));
        Assert.ThrowsExactly<TomlException>(() => TomlReader.Read([(byte)'a', (byte)'=', (byte)'"', 0xC0, 0x80, (byte)'"']));
    }

    [TestMethod]
    public void MutatedManifest_IsReadOrRefusedByATypedError()
    {
        var bytes = Encoding.UTF8.GetBytes(Manifest);
        var mutation = Gen.Zip(Gen.Choose(0, bytes.Length - 1), Gen.Choose(0, 255)).ListOf(3).ToArbitrary();
        Prop.ForAll(mutation, edits =>
        {
            var changed = bytes.ToArray();
            foreach (var (at, value) in edits)
            {
                changed[at] = (byte)value;
            }

            try
            {
                TomlReader.Read(changed);
            }
            catch (TomlException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }
}
