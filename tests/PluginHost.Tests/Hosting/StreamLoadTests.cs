using PluginHost.Skills;

namespace PluginHost.Tests.Hosting;

[TestClass]
public sealed class StreamLoadTests
{
    [TestMethod]
    public async Task Package_FromAStream_IsLoadedLikeAFile_AndTheStreamStaysOpen()
    {
        await using var host = TestHosts.Create();
        using var stream = new MemoryStream(new TestPackage().Build());
        var one = host.LoadSkill(stream);
        stream.Position = 0;
        var other = await host.LoadSkillAsync(stream);

        Assert.AreEqual("x", (await one.CallAsync("acme.run", "x")).Text);
        Assert.AreEqual("x", (await other.CallAsync("acme.run", "x")).Text);
        Assert.IsTrue(stream.CanRead);
    }

    [TestMethod]
    public async Task Stream_ThatNeverEnds_IsRefusedAtTheLimit()
    {
        await using var host = TestHosts.Create();

        Assert.AreEqual("archive.size", Assert.Throws<SkillException>(() => host.LoadSkill(new Endless())).Code);
        Assert.AreEqual("archive.size", (await Assert.ThrowsAsync<SkillException>(() => host.LoadSkillAsync(new Endless()))).Code);
        Assert.AreEqual("archive.form", Assert.Throws<SkillException>(() => host.LoadSkill(new MemoryStream())).Code);
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
