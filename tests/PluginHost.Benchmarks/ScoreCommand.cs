using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;

namespace PluginHost.Benchmarks;

/// <summary>The <c>score</c> verb: a graph of a hundred thousand keys and a million vouches, and a skill that a hundred of them audited.</summary>
internal static class ScoreCommand
{
    private const int Keys = 100_000;
    private const int Vouches = 1_000_000;
    private const int Signed = 20_000;

    public static int Run()
    {
        var random = new Random(7);
        var now = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var names = Enumerable.Range(0, Keys).Select(i => i.ToString("x64", CultureInfo.InvariantCulture)).ToArray();
        ImmutableHashSet<string> scope = ["auditor", "voucher"];
        var vouches = Enumerable.Range(0, Vouches).Select(i => new KeyVouch(names[random.Next(Keys)], names[random.Next(Keys)], 250 << random.Next(3), scope, now, now.AddDays(1), "")).ToList();
        var audits = Enumerable.Range(0, 100).Select(i => (names[random.Next(Keys)], 700, FormattableString.Invariant($"link{i}"))).ToList();
        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            var graph = new VouchGraph(names.Take(10).Select(name => (name, true)), vouches);
            var (amount, paths) = graph.Flow(audits);
            var score = Scorer.Score(new ScoreInput { Identity = IdentityKind.Allowlisted, Chain = new ChainReport { Grade = ChainGrade.Fair, Positive = amount } });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Keys} keys, {Vouches} vouches: score {score.Value}, {amount} along {paths.Count} ways, in {watch.Elapsed.TotalSeconds:0.00} s"));
        }

        return Bundle(now);
    }

    /// <summary>What a host has to read first: a bundle of signed vouches. It is read again only when it changed.</summary>
    private static int Bundle(DateTimeOffset now)
    {
        var keys = Enumerable.Range(1, 50).Select(i => SigningKey.Read([.. Enumerable.Repeat((byte)i, 32)], () => null)).ToList();
        using var bundle = new MemoryStream();
        for (var i = 0; i < Signed; i++)
        {
            var (from, to) = (keys[i % keys.Count], Convert.ToHexStringLower(keys[(i * 7 + 1) % keys.Count].PublicKey));
            bundle.Write(new ChainWriter(from, [], now, i).AboutKey(to, json =>
            {
                json.WriteStartObject("target");
                json.WriteString("kind", "key");
                json.WriteString("key", ChainLinkReader.Text(to));
                json.WriteEndObject();
                json.WriteString("level", "high");
                json.WriteStartArray("scope");
                json.WriteStringValue("auditor");
                json.WriteEndArray();
                json.WriteString("expires", ChainLinkReader.Text(now.AddDays(30)));
            }));
            bundle.WriteByte((byte)'\n');
        }

        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            var read = TrustBundle.Read(bundle.ToArray());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a bundle of {read.Vouches.Length} signed vouches, {bundle.Length >> 20} MiB: read in {watch.Elapsed.TotalSeconds:0.00} s"));
        }

        return 0;
    }
}
