using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;

namespace PluginHost.Benchmarks;

/// <summary>The <c>score</c> verb: a graph of a hundred thousand keys and a million vouches, and a skill that a hundred of them audited; in memory, and as a bundle that is signed.</summary>
internal static class ScoreCommand
{
    private const int Keys = 100_000;
    private const int Vouches = 1_000_000;
    private const int Seeds = 10;
    private const int Audits = 100;

    public static int Run()
    {
        var random = new Random(7);
        var now = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        var edges = Enumerable.Range(0, Vouches).Select(_ => (From: random.Next(Keys), To: random.Next(Keys), Level: random.Next(3))).Where(edge => edge.From != edge.To).ToList();
        var auditors = Enumerable.Range(0, Audits).Select(_ => random.Next(Keys)).ToList();
        var names = Enumerable.Range(0, Keys).Select(i => i.ToString("x64", CultureInfo.InvariantCulture)).ToArray();
        ImmutableHashSet<string> scope = ["auditor", "voucher"];
        var vouches = edges.ConvertAll(edge => new KeyVouch(names[edge.From], names[edge.To], 250 << edge.Level, scope, now, now.AddDays(1)));
        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            Tell("in memory", names, auditors, vouches, watch);
        }

        Bundle(edges, auditors, now);
        return 0;
    }

    private static void Tell(string what, string[] names, List<int> auditors, IEnumerable<KeyVouch> vouches, Stopwatch watch)
    {
        var graph = new VouchGraph(names.Take(Seeds).Select(name => (name, true)), vouches);
        var (amount, paths) = graph.Flow([.. auditors.Select((auditor, i) => (names[auditor], 700, FormattableString.Invariant($"link{i}")))]);
        var score = Scorer.Score(new ScoreInput { Identity = IdentityKind.Allowlisted, Chain = new ChainReport { Grade = ChainGrade.Fair, Positive = amount } });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: score {score.Value}, {amount} along {paths.Count} ways, in {watch.Elapsed.TotalSeconds:0.00} s"));
    }

    /// <summary>What a host begins with: the bundle as it lies on a disk. It is looked through again only when it changed, and a signature is checked once.</summary>
    private static void Bundle(List<(int From, int To, int Level)> edges, List<int> auditors, DateTimeOffset now)
    {
        var keys = new SigningKey[Keys];
        Parallel.For(0, Keys, i =>
        {
            var seed = new byte[32];
            BitConverter.TryWriteBytes(seed, i + 1);
            keys[i] = SigningKey.Read(seed, () => null);
        });
        var names = Array.ConvertAll(keys, key => Convert.ToHexStringLower(key.PublicKey));
        var lines = new byte[edges.Count][];
        Parallel.For(0, edges.Count, i => lines[i] = Line(keys[edges[i].From], names[edges[i].To], edges[i].Level, now, i));
        var bytes = new byte[lines.Sum(line => line.Length + 1)];
        var at = 0;
        foreach (var line in lines)
        {
            line.CopyTo(bytes, at);
            at += line.Length;
            bytes[at++] = (byte)'\n';
        }

        var watch = Stopwatch.StartNew();
        var bundle = TrustBundle.Read(bytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a bundle of {edges.Count} signed vouches, {bytes.Length >> 20} MiB: looked through in {watch.Elapsed.TotalSeconds:0.00} s"));
        foreach (var what in new[] { "first skill", "next skill" })
        {
            watch.Restart();
            var (vouches, rejected) = bundle.Towards(auditors.Select(auditor => names[auditor]), names.Take(Seeds));
            Tell($"{what}, {vouches.Count} vouches lead to its auditors, {rejected} do not hold", names, auditors, vouches, watch);
        }
    }

    private static byte[] Line(SigningKey from, string to, int level, DateTimeOffset now, int number) => new ChainWriter(from, [], now, number).AboutKey(to, json =>
    {
        json.WriteStartObject("target");
        json.WriteString("kind", "key");
        json.WriteString("key", ChainLinkReader.Text(to));
        json.WriteEndObject();
        json.WriteString("level", level switch { 0 => "low", 1 => "medium", _ => "high" });
        json.WriteStartArray("scope");
        json.WriteStringValue("auditor");
        json.WriteStringValue("voucher");
        json.WriteEndArray();
        json.WriteString("expires", ChainLinkReader.Text(now.AddDays(30)));
    });
}
