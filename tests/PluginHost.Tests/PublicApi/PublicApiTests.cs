using PluginHost.Skills;
using PluginHost.Wasm;

namespace PluginHost.Tests.PublicApi;

/// <summary>
/// A change of the public surface is a change of <c>docs/public-api</c>, so that nobody makes one by accident. To accept one, run
/// the tests with <c>PLUGINHOST_ACCEPT_API=1</c>.
/// </summary>
[TestClass]
public sealed class PublicApiTests
{
    [TestMethod]
    [DataRow(typeof(WasmModule))]
    [DataRow(typeof(PluginHost.Scan.YaraRules))]
    [DataRow(typeof(SkillException))]
    [DataRow(typeof(SkillHost))]
    [DataRow(typeof(PluginHost.PostgreSql.PostgreSqlState))]
    [DataRow(typeof(PluginHost.Agents.SkillFunction))]
    public void Surface_IsTheOneThatIsWrittenDown(Type member)
    {
        var assembly = member.Assembly;
        var path = Path.Combine(Fixtures.Repository, "docs", "public-api", assembly.GetName().Name + ".txt");
        var surface = PublicSurface.Of(assembly);
        if (Environment.GetEnvironmentVariable("PLUGINHOST_ACCEPT_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, surface);
        }

        Assert.AreEqual(File.ReadAllText(path).ReplaceLineEndings("\n"), surface);
    }
}
