using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Attest;

/// <summary>Words of a command line that a link repeats: checked before anything is signed.</summary>
internal static class AttestWords
{
    /// <exception cref="CommandError">It is none of those that there are.</exception>
    public static string OneOf(string text, string option, params IReadOnlyList<string> all) =>
        all.Contains(text, StringComparer.Ordinal) ? text : throw new CommandError(ExitCode.Usage, $"usage.{option[2..]}", $"{option} '{text}' is none of {string.Join(", ", all)}");

    /// <exception cref="CommandError">It is no URI.</exception>
    public static string Uri(string text, string option) =>
        System.Uri.TryCreate(text, UriKind.Absolute, out var uri) && text.StartsWith(uri.Scheme + ':', StringComparison.OrdinalIgnoreCase) ? text : throw new CommandError(ExitCode.Usage, "usage.uri", $"{option} '{text}' is no URI, as https://auditor.example or mailto:somebody@auditor.example are");

    /// <summary>A key in lower hexadecimal digits.</summary>
    /// <exception cref="CommandError">It is none, or one whose signatures anybody can make.</exception>
    public static string Key(string text)
    {
        const string prefix = "ed25519:";
        var digits = (text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text).ToLowerInvariant();
        if (digits.Length != 64 || !digits.All(char.IsAsciiHexDigit))
        {
            throw new CommandError(ExitCode.Usage, "usage.key", $"'{text}' is no key: 64 hexadecimal digits");
        }

        return EdwardsPoint.Read(Convert.FromHexString(digits)) is { IsOfSmallOrder: false } ? digits
            : throw new CommandError(ExitCode.Usage, "usage.key", $"'{text}' is no key of Ed25519, or one with which nobody's signature holds");
    }

    /// <exception cref="CommandError">It says nothing.</exception>
    public static string Said(string text, string option) =>
        string.IsNullOrWhiteSpace(text) ? throw new CommandError(ExitCode.Usage, $"usage.{option[2..]}", $"{option} says nothing") : text;
}
