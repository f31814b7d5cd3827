using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Trust;

/// <summary>
/// Follows a publisher's key events: each next version needs enough signatures of the old keys and of the new ones, none of them revoked; once keys
/// were committed to, only those may come; and two different events for one version are a conflict.
/// </summary>
internal sealed class KeyEvents
{
    /// <summary>Versions of a publisher's keys.</summary>
    private const int MaxVersions = 256;

    /// <summary>Lines of bundles that are looked at for one package.</summary>
    private const int MaxLines = 1_024;

    /// <summary>Signatures that are verified for one package: what strangers wrote must not keep the host busy.</summary>
    private const int MaxVerifications = 4_000;

    private const string Folder = "attestations/";
    private const string Extension = ".intoto.jsonl";
    private readonly IReadOnlySet<string> _revoked;
    private readonly DateTimeOffset _now;
    private readonly List<KeyEvent> _followed = [];
    private PublisherKeys? _known;
    private KeyEvent? _conflict;
    private int _verifications;

    private KeyEvents(PublisherKeys? known, IReadOnlySet<string> revoked, DateTimeOffset now)
    {
        _known = known;
        _revoked = revoked;
        _now = now;
    }

    /// <summary>Events of a publisher in a package and beside it. What is no event is not looked at.</summary>
    public static IReadOnlyList<KeyEvent> Of(SkillArtifact artifact, ReadOnlyMemory<byte> beside, string publisher) =>
    [
        .. artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal) && entry.Path.EndsWith(Extension, StringComparison.Ordinal))
            .SelectMany(entry => Lines(entry.Content)).Select(line => (Line: line, IsBeside: false))
            .Concat(Lines(beside).Select(line => (Line: line, IsBeside: true)))
            .Take(MaxLines)
            .Select(line => TryRead(line.Line) is { } read ? read with { IsBeside = line.IsBeside } : null).OfType<KeyEvent>()
            .Where(one => one.Publisher == publisher).DistinctBy(one => one.Id),
    ];

    /// <summary>Reads the events of a bundle.</summary>
    public static IEnumerable<KeyEvent> Read(ReadOnlyMemory<byte> bundle) => Lines(bundle).Take(MaxLines).Select(TryRead).OfType<KeyEvent>();

    /// <summary>Lines of a bundle that may be events.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> bundle) => bundle.Length > EvidenceBundle.MaxBytesWithProofs ? [] : BundleLines.Envelopes(bundle);

    /// <summary>Follows events.</summary>
    /// <param name="known">What was known; null for a publisher that is met for the first time.</param>
    /// <param name="events">Events of that publisher.</param>
    /// <param name="revoked">Keys whose signatures do not count.</param>
    /// <param name="now">The time.</param>
    public static FollowedKeys Follow(PublisherKeys? known, IEnumerable<KeyEvent> events, IReadOnlySet<string> revoked, DateTimeOffset now)
    {
        var succession = new KeyEvents(known, revoked, now);
        foreach (var one in events.OrderBy(one => one.Version).ThenBy(one => one.Id, StringComparer.Ordinal))
        {
            if (succession._known?.Frozen == true || succession._conflict is not null)
            {
                break;
            }

            succession.Follow(one);
        }

        return new FollowedKeys(succession._known, succession._followed, succession._conflict);
    }

    private void Follow(KeyEvent one)
    {
        if (_known is null)
        {
            if (one.Version == 1 && IsSigned(one, SetOf(one, _now)))
            {
                Add(one, new PublisherKeys { Sets = [SetOf(one, _now)] });
            }

            return;
        }

        if (one.Version <= _known.Sets.Length && _known.Sets[(int)one.Version - 1] is var same && same.Id.Length > 0)
        {
            _conflict = same.Id != one.Id && IsValid(_known, one) ? one : null;
            return;
        }

        if (!IsValid(_known, one))
        {
            return;
        }

        // The first event may come after the key was met: it adds what that key commits to.
        Add(one, one.Version == 1 ? _known with { Sets = _known.Sets.SetItem(0, SetOf(one, _known.Sets[0].Since)) } : _known with { Sets = _known.Sets.Add(SetOf(one, _now)) });
    }

    private void Add(KeyEvent one, PublisherKeys after)
    {
        _followed.Add(one);
        foreach (var (key, revocation) in one.Revoked.Where(pair => after.Sets.Any(set => set.Keys.Contains(pair.Key))))
        {
            after = after with { Revoked = after.Revoked.SetItem(key, (revocation with { At = _now }).After(after.Revoked.GetValueOrDefault(key))) };
        }

        _known = after;
    }

    /// <summary>Whether an event may follow what is known, or stand in the place of what is known for its version.</summary>
    private bool IsValid(PublisherKeys known, KeyEvent one)
    {
        var next = SetOf(one, _now);
        if (one.Version == 1)
        {
            return one.Keys.Order(StringComparer.Ordinal).SequenceEqual(known.Sets[0].Keys.Order(StringComparer.Ordinal)) && one.Previous.Length == 0 && IsSigned(one, next);
        }

        if (one.Version > known.Sets.Length + 1 || one.Version > MaxVersions)
        {
            return false;
        }

        // A key that stays has to be committed to like one that comes: else its thief would commit anew.
        var before = known.Sets[(int)one.Version - 2];
        return one.Previous == before.Id
            && (before.NextDigests.IsEmpty || one.Keys.All(key => before.NextDigests.Contains(KeyEvent.DigestOf(key))))
            && !one.Keys.Any(IsRevoked) && IsSigned(one, before) && IsSigned(one, next);
    }

    private bool IsRevoked(string key) => _revoked.Contains(key) || _known?.Revoked.ContainsKey(key) == true;

    private bool IsSigned(KeyEvent one, KeySet by)
    {
        var keys = by.Keys.Where(key => !IsRevoked(key)).Select(Convert.FromHexString).ToList();
        _verifications += keys.Count * one.Envelope!.Signatures;
        return _verifications <= MaxVerifications && keys.Count >= by.Threshold && one.Envelope.CountOf(keys) >= by.Threshold;
    }

    private static KeySet SetOf(KeyEvent one, DateTimeOffset since) => new()
    {
        Version = one.Version,
        Id = one.Id,
        Event = Convert.ToBase64String(one.Envelope!.Raw.Span),
        Keys = one.Keys,
        Threshold = one.Threshold,
        NextDigests = one.NextDigests,
        Expires = one.Expires,
        Since = since,
    };

    private static KeyEvent? TryRead(ReadOnlyMemory<byte> line)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            return envelope.PayloadType == InTotoStatement.PayloadType ? KeyEvent.Read(envelope) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
