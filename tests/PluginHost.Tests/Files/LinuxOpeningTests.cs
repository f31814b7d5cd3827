using System.Runtime.InteropServices;
using PluginHost.Capabilities.Files;

namespace PluginHost.Tests.Files;

/// <summary>What opens names where the kernel has no openat2 keeps the same promise.</summary>
[TestClass]
public sealed class LinuxOpeningTests
{
    private const int TooManyLinks = 40;

    [TestMethod]
    public void BothWaysOfOpening_FollowNoLink_AndOpenPlainNames()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Linux only");
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "x");
        File.CreateSymbolicLink(folder["link"], "file");
        using var directory = LinuxFiles.OpenRoot(folder.Path);
        foreach (var open in new Func<int, string, int, int, int>[] { LinuxOpening.Open, LinuxOpening.OpenWithoutBeneath })
        {
            var (refused, error) = (open((int)directory.DangerousGetHandle(), "link", 0, 0), Marshal.GetLastPInvokeError());
            Assert.AreEqual((-1, TooManyLinks), (refused, error));
            var descriptor = open((int)directory.DangerousGetHandle(), "file", 0, 0);
            Assert.IsGreaterThanOrEqualTo(0, descriptor);
            new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        }
    }
}
