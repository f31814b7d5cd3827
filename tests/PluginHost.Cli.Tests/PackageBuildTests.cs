using System.Diagnostics;
using System.Text.Json;
using PluginHost.Wasm.Text;

namespace PluginHost.Cli.Tests;

/// <summary>From a key to a package that runs.</summary>
[TestClass]
public sealed class PackageBuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginhost-test-").FullName;

    public PackageBuildTests()
    {
        Directory.CreateDirectory(In("modules"));
        Directory.CreateDirectory(In("assets"));
        File.WriteAllBytes(In("modules/echo.wasm"), TextModule.Encode("""
            (module
              (import "extism:host/env" "input_offset" (func $offset (result i64)))
              (import "extism:host/env" "input_length" (func $length (result i64)))
              (import "extism:host/env" "output_set" (func $output (param i64 i64)))
              (func (export "echo") (call $output (call $offset) (call $length))))
            """));
        File.WriteAllText(In("assets/readme.txt"), "hello");
        File.WriteAllText(In("skill.toml"), """
            skill_id = "me.echo"
            name = "Echo"
            version = "0.1.0"
            publisher = "me"
            [[entrypoints.tools]]
            id = "me.echo"
            name = "Echo"
            description = "Answers with its input."
            input_schema = { type = "string" }
            output_schema = { type = "string" }
            [compat]
            required_protocol_major = 1
            min_palyra_version = "0.1.0"
            """);
        File.WriteAllText(In("sbom.json"), """{"bomFormat":"CycloneDX","specVersion":"1.6"}""");
        File.WriteAllText(In("provenance.json"), """{"builder":{"id":"me"},"subject":[{"name":"echo"}]}""");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private Invocation Build(params string[] more) => Invocation.Run([
        "skills", "package", "build", "--root", _folder, "--manifest", In("skill.toml"), "--module", "modules/echo.wasm", "--asset", "assets/readme.txt",
        "--sbom", In("sbom.json"), "--provenance", In("provenance.json"), "--output", In("echo.palyra-skill"), "--json", .. more]);

    private string Generate(params string[] more)
    {
        var run = Invocation.Run(["keys", "generate", "--output", In("key.pem"), "--json", .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Error);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("public_key").GetString()!;
    }

    [TestMethod]
    public void KeyToPackageToRun()
    {
        File.WriteAllText(In("pass"), "a passphrase\n");
        var publicKey = Generate("--passphrase", "file:" + In("pass"));
        StringAssert.StartsWith(File.ReadAllText(In("key.pem")), "-----BEGIN ENCRYPTED PRIVATE KEY-----");

        var build = Build("--signing-key", In("key.pem"), "--passphrase", "file:" + In("pass"));
        Assert.AreEqual(0, build.ExitCode, build.Output + build.Error);
        var payload = JsonDocument.Parse(build.Output).RootElement.GetProperty("payload_sha256").GetString()!;

        var run = Invocation.Run(
            "skills", "run", In("echo.palyra-skill"), "me.echo", "--input", "hello", "--trusted-publisher", "me=" + publicKey, "--accept", payload);
        Assert.AreEqual((0, "hello"), (run.ExitCode, run.Output.TrimEnd()));
    }

    [TestMethod]
    public void Key_IsItsOwnersAlone_AndNeverOverwritten()
    {
        Generate("--no-passphrase");
        var before = File.ReadAllText(In("key.pem"));

        Assert.AreEqual(5, Invocation.Run("keys", "generate", "--output", In("key.pem"), "--no-passphrase").ExitCode);

        Assert.AreEqual(before, File.ReadAllText(In("key.pem")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("key.pem")));
        }
    }

    [TestMethod]
    public void Key_IsReadByOpenSsl()
    {
        File.WriteAllText(In("pass"), "a passphrase");
        var publicKey = Generate("--passphrase", "file:" + In("pass"));
        try
        {
            using var openssl = Process.Start(new ProcessStartInfo("openssl", ["pkey", "-in", In("key.pem"), "-passin", "file:" + In("pass"), "-pubout", "-outform", "DER"])
            {
                RedirectStandardOutput = true,
            })!;
            var der = new MemoryStream();
            openssl.StandardOutput.BaseStream.CopyTo(der);
            openssl.WaitForExit();
            Assert.AreEqual(publicKey, Convert.ToHexStringLower(der.ToArray()[^32..]));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Inconclusive("openssl is not installed");
        }
    }

    [TestMethod]
    public void RefusedContent_LeavesNoFile()
    {
        Generate("--no-passphrase");
        File.WriteAllText(In("sbom.json"), "{}");

        var build = Build("--signing-key", In("key.pem"));

        Assert.AreEqual(2, build.ExitCode);
        StringAssert.Contains(build.Output, "sbom.form");
        Assert.IsEmpty(Directory.GetFiles(_folder, "echo.palyra-skill*"));
    }

    [TestMethod]
    [DataRow(new string[0], 1, "usage.signing-key")]
    [DataRow(new[] { "--signing-key-vault-ref", "x" }, 1, "usage.signing-key")]
    [DataRow(new[] { "--signing-key", "/none" }, 5, "environment.file")]
    public void Key_ThatIsMissing_IsToldApart(string[] flags, int exitCode, string code)
    {
        var build = Build(flags);

        Assert.AreEqual(exitCode, build.ExitCode);
        StringAssert.Contains(build.Output, code);
    }

    [TestMethod]
    public void Key_ThatIsNone_IsRefused()
    {
        File.WriteAllText(In("bad"), "no key");

        var build = Build("--signing-key", In("bad"));

        Assert.AreEqual(2, build.ExitCode);
        StringAssert.Contains(build.Output, "state.key");
    }
}
