using System.IO.Compression;

namespace PluginHost.Cli.Tests;

[TestClass]
public sealed class PackageVerifyTests
{
    [TestMethod]
    public void File_ThatIsNoPackage_IsRefusedWithItsCode()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "no package");
            var run = Invocation.Run("skills", "package", "verify", "--artifact", file);
            Assert.AreEqual(2, run.ExitCode);
            StringAssert.StartsWith(run.Error, "archive.form");

            File.Delete(file);
            ZipFile.Open(file, ZipArchiveMode.Create).Dispose();
            StringAssert.StartsWith(Invocation.Run("skills", "package", "verify", "--artifact", file).Error, "archive.no-module");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void MissingFileOrWrongFlag_HasItsExitCode()
    {
        Assert.AreEqual(5, Invocation.Run("skills", "package", "verify", "--artifact", "/none/x.palyra-skill").ExitCode);
        Assert.AreEqual(1, Invocation.Run("skills", "package", "verify", "--artifact", "x", "--trusted-publisher", "acme").ExitCode);
        Assert.AreEqual(2, Invocation.Run("skills", "package", "verify", "--artifact", "x", "--trusted-publisher", "acme=00").ExitCode);
    }
}
