using System.Text;
using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

[TestClass]
public sealed class FollowedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private FollowedFile<string> Follow(string? name, List<string>? reads = null) => new(name is null ? null : _folder[name], 16, bytes =>
    {
        var text = Encoding.ASCII.GetString(bytes);
        reads?.Add(text);
        return text.StartsWith('!') ? throw new FormatException("torn") : text;
    }, "nothing");

    private void Write(string text, DateTime? at = null)
    {
        File.WriteAllText(_folder["file"], text);
        if (at is { } time)
        {
            File.SetLastWriteTimeUtc(_folder["file"], time);
        }
    }

    [TestMethod]
    public void WithoutAFile_WhatHoldsWithoutOne() => Assert.AreEqual("nothing", Follow(null).Current());

    [TestMethod]
    public void FileThatChanged_IsReadAgain_AndOneThatDidNot_IsNot()
    {
        var reads = new List<string>();
        var file = Follow("file", reads);
        var then = DateTime.UtcNow.AddMinutes(-5);
        Write("one", then);
        var (first, again) = (file.Current(), file.Current());
        Write("two", then.AddMinutes(1));

        Assert.AreEqual(("one", "one", "two", "one two"), (first, again, file.Current(), string.Join(' ', reads)));
    }

    [TestMethod]
    public void ChangesOfOneMoment_AreBothSeen()
    {
        var file = Follow("file");
        var now = DateTime.UtcNow;
        Write("one", now);
        var first = file.Current();
        Write("two", now);

        Assert.AreEqual(("one", "two"), (first, file.Current()));
    }

    [TestMethod]
    public void FileThatIsTorn_TooLongOrGone_IsRefused_UntilItIsWhole()
    {
        var file = Follow("file");
        var then = DateTime.UtcNow.AddMinutes(-5);
        Write("one", then);
        file.Current();
        foreach (var text in new[] { "!", new string('x', 17) })
        {
            Write(text, then.AddMinutes(1));
            Assert.AreEqual("state.policy", Assert.ThrowsExactly<SkillStateException>(() => file.Current()).Code);
        }

        File.Delete(_folder["file"]);
        Assert.AreEqual("state.policy", Assert.ThrowsExactly<SkillStateException>(() => file.Current()).Code);
        Write("two", then.AddMinutes(2));

        Assert.AreEqual("two", file.Current());
    }
}
