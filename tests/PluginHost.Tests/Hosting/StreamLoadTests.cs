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

    [TestMethod]
    public async Task Streams_AreReadInTurn_SoThatNoMorePackagesAreInMemory()
    {
        await using var host = TestHosts.Create(options => options.Limits.ConcurrentLoads = 1);
        var (reading, most) = (0, 0);
        void Began() => most = Math.Max(most, Interlocked.Increment(ref reading));
        var loads = Enumerable.Range(0, 2).Select(i => host.LoadSkillAsync(new WatchedStream(new TestPackage { Id = $"acme.s{i}", Tools = [$"t{i}"], Modules = new() { ["m"] = TestPackage.Echo.Replace("\"run\"", $"\"t{i}\"", StringComparison.Ordinal) } }.Build(), Began, () => Interlocked.Decrement(ref reading)))).ToList();

        await Task.WhenAll(loads);

        Assert.AreEqual((0, 1), (reading, most));
    }

    /// <summary>A stream that tells when it is read for the first time, and when it was read to its end.</summary>
    private sealed class WatchedStream(byte[] content, Action began, Action ended) : MemoryStream(content)
    {
        private bool _began;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_began)
            {
                _began = true;
                began();
            }

            await Task.Delay(100, cancellationToken);
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                ended();
            }

            return count;
        }
    }
}
