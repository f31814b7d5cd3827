using System.Collections.Immutable;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Trust;

/// <summary>A publisher's own bundle of key events, to which the next one is added.</summary>
internal sealed class Succession
{
    private readonly string _publisher;
    private readonly List<byte> _bytes;
    private PublisherKeys _keys;

    private Succession(string publisher, List<byte> bytes, PublisherKeys keys)
    {
        _publisher = publisher;
        _bytes = bytes;
        _keys = keys;
    }

    /// <summary>The bundle, an envelope on each line.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Keys that count at its end.</summary>
    public ImmutableArray<string> Keys => _keys.Current().Keys;

    /// <summary>How many of them have to sign the next event.</summary>
    public int Threshold => _keys.Current().Threshold;

    /// <summary>Reads a bundle; where there is none, begins one with the keys that are given.</summary>
    /// <exception cref="FormatException">It is the bundle of another publisher, or damaged.</exception>
    public static Succession Read(string file, string publisher, IReadOnlyCollection<SigningKey> keys)
    {
        if (File.Exists(file))
        {
            var bytes = new FileInfo(file).Length <= EvidenceBundle.MaxBytes ? File.ReadAllBytes(file) : throw new FormatException($"'{file}' has more than {EvidenceBundle.MaxBytes} bytes");
            var followed = KeyEvents.Follow(null, KeyEvents.Read(bytes).Where(one => one.Publisher == publisher), ImmutableHashSet<string>.Empty, default);
            return followed is { Keys: { } known, Conflict: null } && followed.Followed.Count == KeyEvents.Lines(bytes).Count()
                ? new Succession(publisher, [.. bytes], known)
                : throw new FormatException($"'{file}' is not a whole succession of keys of '{publisher}', and nothing else");
        }

        var first = new Succession(publisher, [], PublisherKeys.FirstMet("", default) with { Sets = [] });
        first.Write(new KeyEvent { Publisher = publisher, Version = 1, Previous = "", Keys = [.. keys.Select(key => Convert.ToHexStringLower(key.PublicKey))], Threshold = 1 }, keys);
        return first;
    }

    /// <summary>Adds an event.</summary>
    /// <exception cref="FormatException">Too few keys sign it, or it breaks what was committed to.</exception>
    public KeyEvent Add(
        ImmutableArray<string> keys, int threshold, ImmutableArray<string> nextDigests, ImmutableSortedDictionary<string, RevokedKey> revoked, DateTimeOffset? expires, IReadOnlyCollection<SigningKey> signers) =>
        Write(
            new KeyEvent
            {
                Publisher = _publisher,
                Version = _keys.Current().Version + 1,
                Previous = _keys.Current().Id,
                Keys = keys,
                Threshold = threshold,
                NextDigests = nextDigests,
                Revoked = revoked,
                Expires = expires,
            },
            signers);

    private KeyEvent Write(KeyEvent one, IReadOnlyCollection<SigningKey> signers)
    {
        var line = one.Sign(signers);
        var read = KeyEvent.Read(DsseEnvelope.Read(line));
        _keys = KeyEvents.Follow(_keys.Sets.IsEmpty ? null : _keys, [read], ImmutableHashSet<string>.Empty, default) is { Keys: { } after, Followed.Count: 1 }
            ? after
            : throw new FormatException("the event would not be followed: too few of the keys that count now or from now on sign it, or a key was not committed to");
        if (_bytes.Count > 0 && _bytes[^1] != (byte)'\n')
        {
            _bytes.Add((byte)'\n');
        }

        _bytes.AddRange([.. line, (byte)'\n']);
        if (_bytes.Count > EvidenceBundle.MaxBytes)
        {
            throw new FormatException($"the succession would have more than {EvidenceBundle.MaxBytes} bytes");
        }

        return read;
    }
}
