using PluginHost.Skills.Toml;

namespace PluginHost.Cli.Tests;

[TestClass]
public sealed class SuggestManifestTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures");
    private string _folder = "";

    [TestInitialize]
    public void Make() => _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    private static (TomlTable Manifest, TomlTable Supplement, string Error, string Output) Suggest(params string[] arguments)
    {
        var run = Invocation.Run(["skills", "suggest-manifest", .. arguments]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        StringAssert.StartsWith(run.Error, "OBSERVING, for development only");
        var parts = run.Output.Split("# assets/capabilities.toml");
        return (TomlReader.Read(System.Text.Encoding.UTF8.GetBytes(parts[0])), TomlReader.Read(System.Text.Encoding.UTF8.GetBytes(parts[1])), run.Error, run.Output);
    }

    private static TomlTable At(TomlTable table, params string[] path) => path.Aggregate(table, (at, key) => (TomlTable)at[key]);

    private static string List(object value) => string.Join(",", ((TomlArray)value).Items);

    [TestMethod]
    public void Request_ThatWasNotNamed_IsNotMade_AndIsSuggested()
    {
        var (manifest, supplement, error, output) = Suggest(Path.Combine(Fixtures, "rust-weather", "weather.wasm"), "--invoke", "today", "--input", "Cairo");

        StringAssert.Contains(error, "denied: http.egress on GET https://api.weather.test:443/v1/today?city=");
        Assert.AreEqual("api.weather.test", List(At(manifest, "capabilities")["http_egress_allowlist"]));
        var grant = At(supplement, "http", "api1");
        Assert.AreEqual(("api.weather.test", "GET", "/v1/today"), ((string)grant["host"], List(grant["methods"]), (string)grant["path_prefix"]));
        StringAssert.Contains(output, "Chosen by the guest");
        StringAssert.Contains(output, "was denied");
    }

    [TestMethod]
    public void Files_ThatWereUsed_BecomeRoots()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories of the machine are mapped on Linux only");
        }

        var (manifest, supplement, _, output) = Suggest(
            Path.Combine(Fixtures, "c-notes", "notes.wasm"), "--dir", $"{_folder}:/notes", "--", "append", "/notes/list", "milk");

        Assert.AreEqual("notes", List(At(manifest, "capabilities", "filesystem")["write_roots"]), output);
        Assert.AreEqual(("notes", "write"), ((string)At(supplement, "files", "files1")["path"], (string)At(supplement, "files", "files1")["access"]));
        Assert.IsTrue((long)At(manifest, "capabilities", "quotas")["fuel_budget"] > 0);
    }

    [TestMethod]
    public void Module_ThatNeedsNothing_AsksForNothing()
    {
        var (manifest, supplement, error, _) = Suggest(Path.Combine(Fixtures, "c-greeter", "greeter.wasm"), "--invoke", "greet", "--input", "World");

        Assert.AreEqual("", List(At(manifest, "capabilities")["http_egress_allowlist"]));
        Assert.AreEqual("schema", string.Join(",", supplement.Keys));
        Assert.IsFalse(error.Contains("denied", StringComparison.Ordinal));
    }
}
