using System.Collections.Immutable;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Who vouches for whose key (<c>trust.intoto.jsonl</c>): one envelope on a line. Which keys a line is about is looked up at once; it is read, and its
/// signature checked, when a skill's narrators depend on it, and then once. A line that cannot be read, is no vouch for a key, or was not signed by the
/// one it names, has no weight.
/// </summary>
internal sealed class TrustBundle
{
    /// <summary>Bytes of a bundle: as many as an array holds.</summary>
    public const int MaxBytes = 2_000_000_000;

    private const int MaxLines = 2_000_000;

    /// <summary>Lines that have to be read to know whom they are about.</summary>
    private const int MaxOdd = 100_000;

    private static readonly object Nothing = new();
    private readonly ImmutableArray<ReadOnlyMemory<byte>> _lines;

    /// <summary>What was read of a line: a vouch, nothing, or null where it was not read yet.</summary>
    private readonly object?[] _read;
    private readonly Dictionary<KeyBytes, int> _keys = [];
    private readonly int[] _from;
    private readonly KeyLines _of;
    private readonly KeyLines _for;
    private readonly int[] _to;

    private TrustBundle(ImmutableArray<ReadOnlyMemory<byte>> lines, int ignored)
    {
        _lines = lines;
        _read = new object?[lines.Length];
        var hints = new VouchHint?[lines.Length];
        var isOdd = new bool[lines.Length];
        Parallel.For(0, lines.Length, i =>
        {
            var found = VouchHint.Of(lines[i].Span, out var hint);
            (hints[i], isOdd[i]) = (found == VouchHint.Finding.Keys ? hint : null, found == VouchHint.Finding.Odd);
        });

        // Anybody may have added a line: too many odd ones are worth nothing, and take nothing from the others.
        Parallel.ForEach(Enumerable.Range(0, lines.Length).Where(i => isOdd[i]).Take(MaxOdd).ToList(), i =>
            hints[i] = Read(i) is { } vouch ? new VouchHint(KeyBytes.Of(vouch.From)!.Value, KeyBytes.Of(vouch.To)!.Value) : null);

        (_from, _to) = (new int[lines.Length], new int[lines.Length]);
        for (var i = 0; i < lines.Length; i++)
        {
            (_from[i], _to[i]) = hints[i] is { } hint ? (NumberOf(hint.From), NumberOf(hint.To)) : (-1, -1);
        }

        (_of, _for) = (new KeyLines(_from, _keys.Count), new KeyLines(_to, _keys.Count));
        Ignored = ignored + hints.Count(hint => hint is null);
    }

    public static TrustBundle Empty { get; } = new([], 0);

    /// <summary>How many lines are no vouches for keys, whoever signed them.</summary>
    public int Ignored { get; }

    /// <exception cref="FormatException">It is too large.</exception>
    public static TrustBundle Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new FormatException($"a bundle of vouches has at most {MaxBytes} bytes");
        }

        var (lines, ignored) = (ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(), 0);
        foreach (var line in BundleLines.Of(bytes))
        {
            if (!BundleLines.MayBeOne(line))
            {
                ignored++;
            }
            else if (lines.Count == MaxLines)
            {
                throw new FormatException($"a bundle of vouches has at most {MaxLines} lines");
            }
            else
            {
                lines.Add(line);
            }
        }

        return new TrustBundle(lines.DrainToImmutable(), ignored);
    }

    /// <summary>Whether a key is in it.</summary>
    public bool Names(string key) => KeyBytes.Of(key) is { } bytes && _keys.ContainsKey(bytes);

    /// <summary>Whether anybody vouches for a key.</summary>
    public bool IsVouchedFor(string key) => KeyBytes.Of(key) is { } bytes && _keys.TryGetValue(bytes, out var number) && _for.Of(number).Any(line => Read(line) is not null);

    /// <summary>Vouches on which what reaches some keys can depend.</summary>
    /// <param name="keys">The keys, in lower hexadecimal digits.</param>
    /// <param name="seeds">Keys with which trust begins.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>Those that were signed by whom they name, and how many others seemed to lead there.</returns>
    public (IReadOnlyList<KeyVouch> Vouches, int Rejected) Towards(IEnumerable<string> keys, IEnumerable<string> seeds, CancellationToken stop = default)
    {
        var isNear = Near(Numbers(seeds));
        var found = new List<KeyVouch>();
        var rejected = 0;
        var wave = Numbers(keys);
        var seen = wave.ToHashSet();
        while (wave.Count > 0)
        {
            stop.ThrowIfCancellationRequested();
            var lines = wave.SelectMany(_for.Of).Where(line => isNear[_from[line]]).ToList();
            var read = lines.Count > 1 ? [.. lines.AsParallel().AsOrdered().WithCancellation(stop).Select(Read)] : lines.ConvertAll(Read);
            found.AddRange(read.OfType<KeyVouch>());
            rejected += read.Count(vouch => vouch is null);
            wave = lines.Where((_, i) => read[i] is not null).Select(line => _from[line]).Where(seen.Add).ToList();
        }

        return (found, rejected);
    }

    /// <summary>Keys that are near enough to some for what they say to count, if all that is said holds.</summary>
    private bool[] Near(List<int> seeds)
    {
        var isNear = new bool[_keys.Count];
        var wave = seeds;
        for (var depth = 0; wave.Count > 0 && depth < VouchGraph.MaxDepth; depth++)
        {
            wave.ForEach(key => isNear[key] = true);
            wave = wave.SelectMany(_of.Of).Select(line => _to[line]).Where(key => !isNear[key]).Distinct().ToList();
        }

        return isNear;
    }

    private List<int> Numbers(IEnumerable<string> keys) => keys.Select(KeyBytes.Of).Where(key => key is not null && _keys.ContainsKey(key.Value)).Select(key => _keys[key!.Value]).Distinct().ToList();

    private int NumberOf(KeyBytes key)
    {
        if (!_keys.TryGetValue(key, out var number))
        {
            _keys[key] = number = _keys.Count;
        }

        return number;
    }

    private KeyVouch? Read(int line)
    {
        if (Volatile.Read(ref _read[line]) is not { } known)
        {
            Volatile.Write(ref _read[line], known = ReadLine(_lines[line]) ?? Nothing);
        }

        return known as KeyVouch;
    }

    private static KeyVouch? ReadLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            var link = envelope.PayloadType == InTotoStatement.PayloadType ? ChainLinkReader.Read(envelope, InTotoStatement.Read(envelope.Payload)) : null;
            return link is { Vouch: { Key: { } key } vouch, IsSigned: true } && key != link.Narrator ? new KeyVouch(link.Narrator, key, vouch.Capacity, vouch.Scope, link.IssuedAt, vouch.Expires, link.Sequence, link.Id) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
