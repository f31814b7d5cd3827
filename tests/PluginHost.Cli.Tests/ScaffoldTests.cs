using System.Diagnostics;
using System.Text.Json.Nodes;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Tests;

/// <summary><c>skills package new</c>.</summary>
[TestClass]
public sealed class ScaffoldTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scaffold").FullName;

    private string Target => Path.Combine(_folder, "hello");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Invocation New(string language, string id = "me.hello", params string[] more) => Invocation.Run(["skills", "package", "new", Target, "--skill-id", id, "--language", language, .. more]);

    [TestMethod]
    [DataRow("c", "skill.c")]
    [DataRow("rust", "lib.rs")]
    [DataRow("assemblyscript", "skill.ts")]
    public void NewSkill_HasSourceManifestCapabilitiesAndBuildScript(string language, string source)
    {
        var files = JsonNode.Parse(New(language, "me.hello", "--json").Output)!["files"]!.AsArray().Select(file => file!.GetValue<string>()).ToList();

        foreach (var file in new[] { source, "skill.toml", "assets/capabilities.toml", "sbom.cdx.json", "build.sh" })
        {
            CollectionAssert.Contains(files, file);
        }

        foreach (var file in files)
        {
            Assert.DoesNotContain("{{", File.ReadAllText(Path.Combine(Target, file)));
        }

        var manifest = ManifestReader.Read(File.ReadAllBytes(Path.Combine(Target, "skill.toml")));
        Assert.AreEqual(("me.hello", "me", "Hello"), (manifest.SkillId, manifest.Publisher, manifest.Name));
    }

    [TestMethod]
    [DataRow("c", "clang wasm-ld")]
    [DataRow("rust", "rustc")]
    [DataRow("assemblyscript", "npm npx")]
    public void NewSkill_BuildsAndRuns_AsItIs(string language, string tools)
    {
        foreach (var tool in tools.Split(' '))
        {
            if (Find(tool) is null)
            {
                Assert.Inconclusive($"needs {tool}");
            }
        }

        Assert.AreEqual(0, New(language).ExitCode);
        var key = JsonNode.Parse(Invocation.Run("keys", "generate", "--output", Path.Combine(Target, "publisher.pem"), "--no-passphrase", "--json").Output)!["public_key"]!.ToString();
        var (exitCode, text) = Build();
        if (exitCode != 0 && (text.Contains("can't find crate for `core`", StringComparison.Ordinal) || text.Contains("npm ERR! network", StringComparison.Ordinal) || text.Contains("npm error network", StringComparison.Ordinal)))
        {
            Assert.Inconclusive("what the language needs is not here: " + text);
        }

        Assert.AreEqual(0, exitCode, text);
        var package = Path.Combine(Target, "me.hello.palyra-skill");
        var payload = JsonNode.Parse(Invocation.Run("skills", "package", "verify", "--artifact", package, "--trusted-publisher", "me=" + key, "--json").Output)!["payload_sha256"]!.ToString();
        var run = Invocation.Run("skills", "run", package, "me.hello.greet", "--input", "wörld", "--trusted-publisher", "me=" + key, "--accept", payload);
        Assert.AreEqual((0, "Hello, wörld!"), (run.ExitCode, run.Output.Trim()), run.Error);
    }

    [TestMethod]
    public void DirectoryThatHoldsSomething_IsLeftAsItIs()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine"), "kept");

        Assert.AreEqual(1, New("c").ExitCode);
        CollectionAssert.AreEqual(new[] { "mine" }, Directory.EnumerateFileSystemEntries(Target).Select(Path.GetFileName).ToArray());
        Assert.HasCount(1, Directory.EnumerateFileSystemEntries(_folder));
    }

    [TestMethod]
    public void EmptyDirectory_IsFilled()
    {
        Directory.CreateDirectory(Target);
        Assert.AreEqual(0, New("c").ExitCode);
        Assert.IsTrue(File.Exists(Path.Combine(Target, "skill.c")));
    }

    [TestMethod]
    public void DirectoryBehindALink_StaysWhatItIs()
    {
        var real = Directory.CreateDirectory(Path.Combine(_folder, "real")).FullName;
        Directory.CreateSymbolicLink(Target, real);

        Assert.AreEqual(0, New("c").ExitCode);
        Assert.IsTrue(File.Exists(Path.Combine(real, "assets", "capabilities.toml")));
        Assert.HasCount(2, Directory.EnumerateFileSystemEntries(_folder));
    }

    [TestMethod]
    [DataRow("Me.Hello")]
    [DataRow("hello")]
    [DataRow("me.hello\"\nname = \"x")]
    [DataRow("../me")]
    [DataRow("")]
    public void IdThatNoManifestMayHave_IsRefused_AndNothingIsWritten(string id)
    {
        var run = New("rust", id, "--publisher", "me", "--json");
        Assert.AreEqual((1, "usage.skill-id"), (run.ExitCode, JsonNode.Parse(run.Output)!["error"]!["code"]!.ToString()), run.Output);
        Assert.IsFalse(Directory.EnumerateFileSystemEntries(_folder).Any());
    }

    [TestMethod]
    public void LanguageThatIsNotKnown_IsRefused() => Assert.AreEqual(1, New("cobol").ExitCode);

    private (int ExitCode, string Text) Build()
    {
        var command = Path.Combine(AppContext.BaseDirectory, "PluginHost.Cli.dll");
        var wrapper = Path.Combine(_folder, "pluginhost");
        File.WriteAllText(wrapper, $"#!/bin/sh\nexec dotnet '{command}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(wrapper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo("sh", ["build.sh"]) { WorkingDirectory = Target, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PLUGINHOST"] = wrapper;

        // Debian's compiler brings the target with it; another one that comes first on the path may not.
        start.Environment["RUSTC"] = File.Exists("/usr/bin/rustc") ? "/usr/bin/rustc" : "rustc";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { Path.Combine(folder, tool), Path.Combine(folder, tool + ".exe") }).FirstOrDefault(File.Exists);
}
