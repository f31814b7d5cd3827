using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Chain;

/// <summary>Reads links out of in-toto statements with the extension field <c>skillIsnad</c>.</summary>
internal static class ChainLinkReader
{
    /// <summary>The extension field of each predicate.</summary>
    public const string Extension = "skillIsnad";

    private const int MaxPrevious = 64;
    private const int MaxScope = 32;
    private const int MaxProperties = 32;
    private const long MaxSequence = 1L << 53;
    private const int IdDigits = 64;
    private const string KeyPrefix = "ed25519:";

    /// <summary>How OSV names what is malicious, and not just vulnerable.</summary>
    private const string Malware = "MAL-";

    /// <summary>Where medium begins on the scale of CVSS.</summary>
    private const double LowBelow = 4.0;
    private const int MaxFindings = 10_000;
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Whether a statement is a link.</summary>
    public static bool IsOne(InTotoStatement statement) =>
        LinkKinds.Of(statement.PredicateType) is not null && statement.Predicate.ValueKind == JsonValueKind.Object && statement.Predicate.TryGetProperty(Extension, out _);

    /// <exception cref="FormatException">It is no link, or malformed.</exception>
    public static ChainLink Read(DsseEnvelope envelope, InTotoStatement statement)
    {
        try
        {
            var kind = LinkKinds.Of(statement.PredicateType) ?? throw new FormatException("its predicate type is none of a link");
            var predicate = statement.Predicate;
            var isnad = predicate.ValueKind == JsonValueKind.Object && predicate.TryGetProperty(Extension, out var extension) && extension.ValueKind == JsonValueKind.Object
                ? extension
                : throw new FormatException($"it has no '{Extension}'");
            if (!isnad.GetProperty("v").TryGetInt64(out var version) || version != 1)
            {
                throw new FormatException($"its '{Extension}' is of another version than 1");
            }

            var role = LinkKinds.RoleOf(kind);
            if (isnad.Text("role") != LinkKinds.NameOf(role))
            {
                throw new FormatException($"its role is not '{LinkKinds.NameOf(role)}', as its kind wants");
            }

            var link = new ChainLink
            {
                Id = envelope.Id,
                Kind = kind,
                Role = role,
                Narrator = Key(isnad.Text("narrator")),
                Previous = [.. Texts(isnad, "prev", MaxPrevious).Select(id => Hex(id, "the id of a link"))],
                IssuedAt = Time(isnad.Text("issuedAt")),
                Sequence = isnad.GetProperty("seq").TryGetInt64(out var sequence) && sequence is >= 0 and <= MaxSequence ? sequence : throw new FormatException("its 'seq' is no whole number from 0 to 2^53"),
                Payloads = [.. statement.Subjects.Select(subject => subject.Payload).OfType<string>().Distinct(StringComparer.Ordinal)],
                Subjects = statement.Subjects,
                Envelope = envelope,
                Detail = "",
            };
            return Said(link, predicate, statement);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw e as FormatException ?? new FormatException($"a link has exactly the fields of the format ('{Extension}': v, role, narrator, prev, issuedAt, seq)", e);
        }
    }

    /// <summary>A time in the one form of links.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A key as links write it.</summary>
    public static string Text(string key) => KeyPrefix + key;

    private static ChainLink Said(ChainLink link, JsonElement predicate, InTotoStatement statement) => link.Kind switch
    {
        LinkKind.Authorship => link with { Release = predicate.Text("purl") is { Length: > 0 and <= 512 } purl ? purl : throw new FormatException("a release names its package URL"), Detail = $"released as {predicate.Text("purl")}" },
        LinkKind.Build => link with { Detail = "built" },
        LinkKind.MachineAudit => Audit(link, predicate),
        LinkKind.VulnerabilityAudit => Vulnerabilities(link, predicate),
        LinkKind.Review => Review(link, predicate),
        LinkKind.Vouch when ReadVouch(predicate, statement) is var vouch => link with { Vouch = vouch, Detail = vouch.Key is { } key ? $"answers for {KeyId.Of(key)} as {string.Join(", ", vouch.Scope.Order(StringComparer.Ordinal))}" : "answers for it" },
        _ => Violation(link, predicate),
    };

    private static ChainLink Audit(ChainLink link, JsonElement predicate)
    {
        var result = predicate.Text("result");
        var packs = predicate.Items("configuration").Where(item => item.ValueKind == JsonValueKind.Object).Select(item => (Name: item.Text("name") ?? "", Digest: Digest(item))).Take(MaxProperties).ToList();
        return link with
        {
            IsNegative = result switch { "PASSED" or "WARNED" => false, "FAILED" => true, _ => throw new FormatException("the result of an audit is PASSED, WARNED or FAILED") },
            Quality = result == "WARNED" ? 100 : 200,
            IsConcealed = !packs.Exists(pack => pack.Digest is not null),
            Detail = $"{result} by {(packs.Count == 0 ? "rules that it does not name" : string.Join(", ", packs.Select(pack => pack.Name)))}",
        };
    }

    private static ChainLink Vulnerabilities(ChainLink link, JsonElement predicate)
    {
        var scanner = predicate.TryGetProperty("scanner", out var found) && found.ValueKind == JsonValueKind.Object ? found : throw new FormatException("an audit of vulnerabilities names its scanner");
        var hits = scanner.Items("result").Take(MaxFindings).ToList();
        var malicious = hits.Count(hit => hit.Text("id")?.StartsWith(Malware, StringComparison.OrdinalIgnoreCase) == true);
        var grave = hits.Count(hit => !IsLow(hit));
        var isDated = scanner.TryGetProperty("db", out var database) && database.Text("lastUpdate") is { Length: > 0 };
        return link with
        {
            IsNegative = malicious > 0,
            IsMalicious = malicious > 0,
            Quality = malicious > 0 ? 1000 : grave > 0 ? 0 : hits.Count > 0 ? 100 : 200,
            IsConcealed = !isDated,
            Detail = $"{hits.Count} known vulnerabilities{(malicious > 0 ? $", {malicious} of them malware" : "")} by {scanner.Text("uri") ?? "a scanner that it does not name"}",
        };
    }

    /// <summary>Whether all that an audit says of a vulnerability is that it is low; what says nothing may be anything.</summary>
    private static bool IsLow(JsonElement hit)
    {
        var severities = hit.Items("severity").Take(MaxProperties).Select(severity => severity.Text("score") ?? "").ToList();
        return severities.Count > 0 && severities.TrueForAll(score => score.Equals("low", StringComparison.OrdinalIgnoreCase)
            || (double.TryParse(score, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var points) && points < LowBelow));
    }

    private static ChainLink Review(ChainLink link, JsonElement predicate)
    {
        var properties = Texts(predicate, "properties", MaxProperties);
        if (properties.Count == 0 || properties.Find(property => !LinkKinds.ReviewProperties.Contains(property)) is not null)
        {
            throw new FormatException("a review says what was done, in words of the closed set (urn:pluginhost:review:v1:…)");
        }

        bool Did(string name) => properties.Contains(LinkKinds.ReviewProperty(name));
        return link with
        {
            Quality = Did("REVIEWED_SOURCE") ? Did("REPRODUCED_BUILD") ? 1000 : 700 : Did("RAN_SANDBOX") ? 400 : 200,
            Detail = string.Join(", ", properties.Select(property => property[(property.LastIndexOf(':') + 1)..].ToLowerInvariant().Replace('_', ' ')).Order(StringComparer.Ordinal)),
        };
    }

    private static ChainLink Violation(ChainLink link, JsonElement predicate)
    {
        var severity = predicate.Text("severity");
        return link with
        {
            IsNegative = true,
            IsMalicious = severity == "malicious",
            Quality = severity switch { "malicious" => 1000, "high" => 700, "medium" => 400, "low" => 200, _ => throw new FormatException("a violation is malicious, high, medium or low") },
            Detail = $"{severity}: {predicate.Text("reason") ?? "without a reason"}",
        };
    }

    private static Vouch ReadVouch(JsonElement predicate, InTotoStatement statement)
    {
        var target = predicate.GetProperty("target");
        var capacity = predicate.Text("level") switch { "low" => 250, "medium" => 500, "high" => 1000, null => 125, _ => throw new FormatException("the level of a vouch is low, medium or high") };
        var scope = Texts(predicate, "scope", MaxScope).ToImmutableHashSet(StringComparer.Ordinal);
        var expires = Time(predicate.Text("expires"));
        switch (target.Text("kind"))
        {
            case "key":
                var key = Key(target.Text("key"));
                return statement.Subjects.Any(subject => subject.Sha256 == Trust.KeyEvent.DigestOf(key))
                    ? new Vouch(key, null, capacity, scope, expires)
                    : throw new FormatException("the subject of a vouch for a key is the SHA-256 of that key");
            case "skill":
                return new Vouch(null, Hex(target.Text("payload"), "the payload of a vouch"), capacity, scope, expires);
            default:
                throw new FormatException("a vouch is for a skill or a key");
        }
    }

    private static string? Digest(JsonElement item) =>
        item.TryGetProperty("digest", out var digest) && digest.ValueKind == JsonValueKind.Object && digest.Text("sha256") is { Length: IdDigits } text && text.All(char.IsAsciiHexDigitLower) ? text : null;

    private static List<string> Texts(JsonElement element, string name, int most)
    {
        var texts = element.Items(name).Take(most + 1).Select(item => item.Text() ?? throw new FormatException($"'{name}' of a link holds what is no text")).ToList();
        return texts.Count <= most ? texts : throw new FormatException($"'{name}' of a link has more than {most} items");
    }

    /// <summary>A key as links write it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Key(string? text) => text?.StartsWith(KeyPrefix, StringComparison.Ordinal) == true ? Hex(text[KeyPrefix.Length..], "a key") : throw new FormatException("a key of a link is 'ed25519:' and 64 lower hexadecimal digits");

    private static string Hex(string? text, string what) => text is { Length: IdDigits } && text.All(char.IsAsciiHexDigitLower) ? text : throw new FormatException($"{what} is 64 lower hexadecimal digits");

    /// <summary>A time as links write it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset Time(string? text) =>
        DateTimeOffset.TryParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time >= DateTimeOffset.UnixEpoch ? time : throw new FormatException("a time of a link is RFC 3339 in UTC, from 1970 on");
}
