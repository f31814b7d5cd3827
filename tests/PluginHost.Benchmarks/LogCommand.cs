using System.Diagnostics;
using System.Globalization;
using System.Text;
using PluginHost.Logs;
using PluginHost.Registry.Log;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;

namespace PluginHost.Benchmarks;

/// <summary>The <c>log</c> verb: entries appended to a log and put under a checkpoint, and what a proof costs beside one signature.</summary>
internal static class LogCommand
{
    private const int Rounds = 2_000;

    public static int Run(int entries)
    {
        var folder = Directory.CreateTempSubdirectory("pluginhost-log-").FullName;
        try
        {
            using var key = SigningKey.Generate();
            var leaves = Enumerable.Range(0, entries).Select(i => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', 400)}"))).ToList();
            using var log = LogWriter.Create(Path.Combine(folder, "log"), "log.example", Path.Combine(folder, "key"), key);
            var watch = Stopwatch.StartNew();
            var note = log.Append(leaves);
            log.Publish(note);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries} entries appended and under a checkpoint in {watch.Elapsed.TotalSeconds:0.000} s: {entries / watch.Elapsed.TotalSeconds:0} a second"));

            var policy = LogPolicy.Read(Encoding.ASCII.GetBytes($"log {log.Key}\nquorum none\n"));
            var files = new DirectoryLogFiles(Path.Combine(folder, "log"));
            var proof = new LogProof(entries / 2, new LogReader(files, entries).ProveAsync(entries / 2, default).GetAwaiter().GetResult(), note, null).ToString();
            var bytes = Encoding.UTF8.GetBytes(proof);
            var leaf = MerkleTree.LeafHash(leaves[entries / 2].Span);
            var signature = key.Sign(leaf);
            for (var round = 0; round < 3; round++)
            {
                watch.Restart();
                for (var i = 0; i < Rounds; i++)
                {
                    _ = Ed25519.Verify(key.PublicKey, leaf, signature) == SignatureVerdict.Valid ? 0 : throw new InvalidOperationException();
                }

                var one = watch.Elapsed;
                watch.Restart();
                for (var i = 0; i < Rounds; i++)
                {
                    var read = LogProof.Read(bytes);
                    _ = policy.Judge(read.Note, DateTimeOffset.UtcNow).Holds && read.Proves(leaf) ? 0 : throw new InvalidOperationException();
                }

                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"signature {one.TotalMicroseconds / Rounds:0.0} µs, proof {watch.Elapsed.TotalMicroseconds / Rounds:0.0} µs: {watch.Elapsed / one:0.00} times"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
