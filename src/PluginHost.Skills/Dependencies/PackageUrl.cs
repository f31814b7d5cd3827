using System.Collections.Immutable;
using System.Text;

namespace PluginHost.Skills.Dependencies;

/// <summary>
/// A package URL (purl, ECMA-427): the name of a package across ecosystems. Read with what the standard says of its type, so that two
/// texts for the same package have one canonical form.
/// </summary>
internal sealed record PackageUrl
{
    /// <summary>Characters of a package URL.</summary>
    public const int MaxLength = 4096;

    private const string Scheme = "pkg:";

    private PackageUrl(string type, string name)
    {
        Type = type;
        Name = name;
    }

    public string Type { get; private init; }

    public string? Namespace { get; private init; }

    public string Name { get; private init; }

    public string? Version { get; private init; }

    public ImmutableSortedDictionary<string, string> Qualifiers { get; private init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public string? Subpath { get; private init; }

    /// <summary>Reads a package URL.</summary>
    /// <param name="text">The text.</param>
    /// <param name="canonical">Whether keys of qualifiers have to be written in lower case, as the canonical form has them.</param>
    /// <exception cref="FormatException">It is none, or breaks a rule of its type.</exception>
    public static PackageUrl Parse(string text, bool canonical = false)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"a package URL has at most {MaxLength} characters");
        }

        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("a package URL begins with 'pkg:'");
        }

        var rest = text[Scheme.Length..].TrimStart('/');
        (rest, var subpath) = SplitLast(rest, '#');
        (rest, var qualifiers) = SplitLast(rest, '?');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            throw new FormatException("a package URL has a type and a name");
        }

        var type = rest[..slash];
        var path = rest[(slash + 1)..].Trim('/');
        var at = path.LastIndexOf('@');
        var version = at > path.LastIndexOf('/') ? path[(at + 1)..] : null;
        path = version is null ? path : path[..at];
        var last = path.LastIndexOf('/');
        return Create(
            type,
            last < 0 ? null : string.Join('/', path[..last].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Decoded)),
            Decoded(path[(last + 1)..]),
            version is null ? null : Decoded(version),
            Pairs(qualifiers, canonical),
            subpath is null ? null : string.Join('/', subpath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Decoded).Where(part => part is not ("" or "." or ".."))));
    }

    /// <summary>Makes a package URL of its components.</summary>
    /// <exception cref="FormatException">One is missing or breaks a rule of the type.</exception>
    public static PackageUrl Create(string? type, string? inNamespace, string? name, string? version, IEnumerable<KeyValuePair<string, string>> qualifiers, string? subpath)
    {
        if (string.IsNullOrEmpty(type) || !char.IsAsciiLetter(type[0]) || !type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
        {
            throw new FormatException("the type of a package URL begins with a letter and is made of letters, digits, '.' and '-'");
        }

        if (string.IsNullOrEmpty(name))
        {
            throw new FormatException("a package URL names a package");
        }

        var pairs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in qualifiers)
        {
            if (!char.IsAsciiLetter(key.FirstOrDefault()) || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') || !pairs.TryAdd(key.ToLowerInvariant(), value))
            {
                throw new FormatException("the key of a qualifier of a package URL is made of letters, digits, '.', '-' and '_', and is there once");
            }
        }

        foreach (var empty in pairs.Where(pair => pair.Value.Length == 0).Select(pair => pair.Key).ToList())
        {
            pairs.Remove(empty);
        }

        return PackageUrlType.Apply(new PackageUrl(type.ToLowerInvariant(), name)
        {
            Namespace = string.IsNullOrEmpty(inNamespace) ? null : inNamespace,
            Version = string.IsNullOrEmpty(version) ? null : version,
            Qualifiers = pairs.ToImmutable(),
            Subpath = string.IsNullOrEmpty(subpath) ? null : subpath,
        });
    }

    /// <summary>The same with other texts, as a type wants them.</summary>
    public PackageUrl With(string? inNamespace, string name, string? version) => this with { Namespace = inNamespace, Name = name, Version = version };

    /// <summary>The canonical form.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Scheme).Append(Type).Append('/');
        foreach (var part in Namespace?.Split('/') ?? [])
        {
            text.Append(Encoded(part)).Append('/');
        }

        text.Append(Encoded(Name));
        if (Version is not null)
        {
            text.Append('@').Append(Encoded(Version));
        }

        text.AppendJoin("", Qualifiers.Select((pair, i) => $"{(i == 0 ? '?' : '&')}{pair.Key}={Encoded(pair.Value)}"));
        return Subpath is null ? text.ToString() : text.Append('#').AppendJoin('/', Subpath.Split('/').Select(Encoded)).ToString();
    }

    private static (string Head, string? Tail) SplitLast(string text, char separator) =>
        text.LastIndexOf(separator) is var i and >= 0 ? (text[..i], text[(i + 1)..]) : (text, null);

    private static IEnumerable<KeyValuePair<string, string>> Pairs(string? text, bool canonical)
    {
        foreach (var pair in text?.Split('&', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || (canonical && pair[..equals].Any(char.IsAsciiLetterUpper)))
            {
                throw new FormatException("a qualifier of a package URL is key=value, its key in lower case");
            }

            yield return new(pair[..equals], Decoded(pair[(equals + 1)..]));
        }
    }

    private static string Decoded(string text)
    {
        var decoded = Uri.UnescapeDataString(text);
        return decoded.Any(char.IsControl) ? throw new FormatException("a package URL holds no control characters") : decoded;
    }

    /// <summary>Everything but letters, digits and <c>.-_~:</c> is percent-encoded.</summary>
    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
