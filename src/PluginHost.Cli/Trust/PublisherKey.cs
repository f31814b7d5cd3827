namespace PluginHost.Cli.Trust;

/// <summary>The form <c>PUBLISHER=KEY</c> on the command line.</summary>
internal static class PublisherKey
{
    public const string Digits64 = "64 lower hexadecimal digits";

    /// <exception cref="CommandError">It has another form.</exception>
    public static (string Publisher, string Key) Parse(string text)
    {
        var (publisher, key) = Split(text);
        return key is not null && publisher.Length > 0 && publisher.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or ':' or '-')
            ? (publisher, key)
            : throw new CommandError(ExitCode.Usage, "usage.publisher", "a publisher in its one spelling (a-z, 0-9, '.', '_', ':' and '-') and a key are needed: PUBLISHER=KEY");
    }

    /// <summary>A name, and what stands behind the sign, if there is one.</summary>
    /// <exception cref="CommandError">What stands behind it is no key.</exception>
    public static (string Name, string? Key) Split(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? (text[..equals], Hex(text[(equals + 1)..])) : (text, null);

    /// <exception cref="CommandError">It is no key, and no digest either.</exception>
    public static string Hex(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? text : throw new CommandError(ExitCode.Usage, "usage.key", $"'{text}' is not {Digits64}");
}
