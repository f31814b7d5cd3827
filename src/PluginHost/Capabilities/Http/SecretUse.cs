using System.Text;

namespace PluginHost.Capabilities.Http;

/// <summary>Where the host puts a secret into requests. The guest never holds the value.</summary>
/// <param name="Name">The secret, <c>scope/key</c>.</param>
/// <param name="Placement">Into what it goes.</param>
/// <param name="Target">Name of the header, the query parameter, or the user.</param>
/// <param name="Prefix">Text before the value, for instance <c>Bearer </c>.</param>
internal sealed record SecretUse(string Name, SecretPlacement Placement, string Target, string Prefix)
{
    /// <summary>The header that the host writes and the guest may not; null where it is none.</summary>
    public string? Header => Placement switch
    {
        SecretPlacement.Header => Target,
        SecretPlacement.Basic => "Authorization",
        _ => null,
    };

    /// <summary>The parameter that the host writes and the guest may not; null where it is none.</summary>
    public string? QueryParameter => Placement == SecretPlacement.Query ? Target : null;

    public static SecretUse InHeader(string name, string header, string prefix) => new(name, SecretPlacement.Header, header, prefix);

    /// <summary>Puts a value where it belongs.</summary>
    /// <returns>False where it does not fit there; nothing was changed then.</returns>
    public bool TryInject(HttpRequestMessage message, string value)
    {
        if (QueryParameter is { } parameter)
        {
            var uri = new UriBuilder(message.RequestUri!);
            uri.Query += $"{(uri.Query.Length > 1 ? "&" : "")}{Uri.EscapeDataString(parameter)}={Uri.EscapeDataString(Prefix + value)}";
            message.RequestUri = uri.Uri;
            return true;
        }

        // The framework lets a line break in a value through, and with it a second header.
        var text = Placement == SecretPlacement.Basic
            ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Target}:{Prefix}{value}"))}"
            : Prefix + value;
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return false;
        }

        message.Headers.Remove(Header!);
        return message.Headers.TryAddWithoutValidation(Header!, text);
    }
}
