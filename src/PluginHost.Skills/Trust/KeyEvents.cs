using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Trust;

/// <summary>
/// Follows a publisher's key events: each next version needs enough signatures of the old keys and of the new ones, new keys have to be those
/// that were committed to, and two different events for one version freeze the publisher.
/// </summary>
internal static class KeyEvents
{
    /// <summary>Versions of a publisher's keys.</summary>
    private const int MaxVersions = 256;

    private const int MaxEvents = 512;
    private const string Folder = "attestations/";
    private const string Extension = ".intoto.jsonl";

    /// <summary>Events of a publisher in a package and beside it. What is no event is not looked at.</summary>
    public static IReadOnlyList<KeyEvent> Of(SkillArtifact artifact, ReadOnlyMemory<byte> beside, string publisher) =>
    [
        .. artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal) && entry.Path.EndsWith(Extension, StringComparison.Ordinal))
            .SelectMany(entry => Read(entry.Content)).Concat(Read(beside).Select(one => one with { IsBeside = true }))
            .Where(one => one.Publisher == publisher).DistinctBy(one => one.Id).Take(MaxEvents),
    ];

    /// <summary>Reads the events of a bundle.</summary>
    public static IEnumerable<KeyEvent> Read(ReadOnlyMemory<byte> bundle)
    {
        if (bundle.Length > EvidenceBundle.MaxBytes)
        {
            yield break;
        }

        while (!bundle.IsEmpty)
        {
            var end = bundle.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bundle : bundle[..end];
            bundle = end < 0 ? default : bundle[(end + 1)..];
            if (TryRead(line) is { } read)
            {
                yield return read;
            }
        }
    }

    /// <summary>What is known of a publisher once its events were followed.</summary>
    /// <param name="known">What was known; null for a publisher that is met for the first time.</param>
    /// <param name="events">Events of that publisher.</param>
    /// <param name="now">The time.</param>
    /// <param name="followed">Receives the events that were followed.</param>
    /// <returns>Null where nobody is known and no event begins a succession.</returns>
    /// <exception cref="SkillVerificationException">Two events were signed for one version.</exception>
    public static PublisherKeys? Follow(PublisherKeys? known, IEnumerable<KeyEvent> events, DateTimeOffset now, ICollection<KeyEvent> followed)
    {
        foreach (var one in events.OrderBy(one => one.Version).ThenBy(one => one.Id, StringComparer.Ordinal))
        {
            if (known?.Frozen == true)
            {
                break;
            }

            var next = Follow(known, one, now);
            if (!ReferenceEquals(next, known))
            {
                followed.Add(one);
                known = next;
            }
        }

        return known;
    }

    private static PublisherKeys? Follow(PublisherKeys? known, KeyEvent one, DateTimeOffset now)
    {
        if (known is null)
        {
            return one.Version == 1 && IsSigned(one, SetOf(one, now)) ? new PublisherKeys { Sets = [SetOf(one, now)] } : null;
        }

        if (one.Version <= known.Sets.Length && known.Sets[(int)one.Version - 1] is var same && same.Id.Length > 0)
        {
            return same.Id == one.Id || !IsValid(known, one, now) ? known : throw new SkillVerificationException(
                "trust", "equivocation", $"'{one.Publisher}' signed two different key events for version {one.Version} ({same.Id[..16]} and {one.Id[..16]})");
        }

        if (!IsValid(known, one, now))
        {
            return known;
        }

        // The first event may come after the key was met: it adds what that key commits to.
        return one.Version == 1 ? known with { Sets = known.Sets.SetItem(0, SetOf(one, known.Sets[0].Since)) }
            : known with { Sets = known.Sets.Add(SetOf(one, now)) };
    }

    /// <summary>Whether an event may follow what is known, or stand in the place of what is known for its version.</summary>
    public static bool IsValid(PublisherKeys known, KeyEvent one, DateTimeOffset now)
    {
        var next = SetOf(one, now);
        if (one.Version == 1)
        {
            return one.Keys.Order(StringComparer.Ordinal).SequenceEqual(known.Sets[0].Keys.Order(StringComparer.Ordinal)) && one.Previous.Length == 0 && IsSigned(one, next);
        }

        if (one.Version > known.Sets.Length + 1 || one.Version > MaxVersions)
        {
            return false;
        }

        var before = known.Sets[(int)one.Version - 2];
        return one.Previous == before.Id
            && (before.NextDigests.IsEmpty || one.Keys.All(key => before.Keys.Contains(key) || before.NextDigests.Contains(KeyEvent.DigestOf(key))))
            && IsSigned(one, before) && IsSigned(one, next);
    }

    private static bool IsSigned(KeyEvent one, KeySet by) => one.Envelope!.CountOf(by.Keys.Select(Convert.FromHexString)) >= by.Threshold;

    private static KeySet SetOf(KeyEvent one, DateTimeOffset since) => new()
    {
        Version = one.Version,
        Id = one.Id,
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
