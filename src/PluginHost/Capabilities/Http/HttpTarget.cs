using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PluginHost.Capabilities.Http;

/// <summary>A request's method and URL in canonical form: what grants are compared with and what is sent.</summary>
internal sealed partial class HttpTarget
{
    private const int MaxUrl = 8192;

    private HttpTarget(string method, Uri uri)
    {
        Method = method;
        Uri = uri;
        Host = uri.IdnHost.ToLowerInvariant();
    }

    public string Method { get; }

    public Uri Uri { get; }

    public string Host { get; }

    public string Scheme => Uri.Scheme;

    public int Port => Uri.Port;

    public string Path => Uri.AbsolutePath;

    /// <summary>The resource of the demand. Values of the query stay out of records: they often are secrets.</summary>
    public string Resource
    {
        get
        {
            var keys = Uri.Query.Length < 2 ? [] : Uri.Query[1..].Split('&').Select(part => part.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? part[..(at + 1)] : "…");
            var query = string.Join('&', keys);
            var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host.Trim('[', ']')}]" : Host;
            return $"{Method} {Scheme}://{host}:{Port}{Path}{(query.Length > 0 ? "?" + query : "")}";
        }
    }

    /// <summary>What stands in records for a URL that none can be made of: it may hold anything, secrets among it.</summary>
    public static string Unreadable(string method, string url) =>
        $"{(Token().IsMatch(method) ? method : "(no method)")} (a URL of {url.Length} characters, sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))})";

    /// <summary>Parses a request line; null where it is nothing that could be granted.</summary>
    public static HttpTarget? Parse(string method, string url)
    {
        try
        {
            return ParseStrictly(method, url);
        }
        catch (UriFormatException)
        {
            // A host that looks like Punycode and is none.
            return null;
        }
    }

    private static HttpTarget? ParseStrictly(string method, string url)
    {
        if (url.Length > MaxUrl || !Token().IsMatch(method)
            || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.IdnHost.Length == 0 || !Ascii.IsValid(uri.Host)
            || uri.IdnHost.EndsWith('.') || EncodedSeparator().IsMatch(uri.AbsolutePath))
        {
            return null;
        }

        return new HttpTarget(method.ToUpperInvariant(), uri);
    }

    [GeneratedRegex(@"^[A-Za-z]{1,16}\z")]
    private static partial Regex Token();

    /// <summary>Servers disagree on what an encoded slash or dot means; a path prefix must not depend on that.</summary>
    [GeneratedRegex("%2f|%5c|%2e|\\\\", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedSeparator();
}
