using System.Collections.Immutable;
using System.Text;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Patterns;

/// <summary>A string of a rule in all of its forms.</summary>
/// <param name="Variants">Its forms; of a hex string with long jumps its pieces.</param>
/// <param name="Jumps">The jump before each piece; empty for a string without long jumps.</param>
internal sealed record StringMatcher(ImmutableArray<Variant> Variants, ImmutableArray<(int Min, int? Max)> Jumps)
{
    /// <summary>Makes a string.</summary>
    /// <param name="declaration">How it is written.</param>
    /// <param name="number">Its number among all.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    public static StringMatcher Of(StringDeclaration declaration, int number)
    {
        var modifiers = declaration.Modifiers;
        switch (declaration.Value.Kind)
        {
            case TokenKind.Hex:
                var pieces = HexReader.Read(declaration.Value.Text);
                return new StringMatcher([.. pieces.Select(piece => (Variant)new PatternVariant(piece.Pattern, isGreedy: false) { String = number })], pieces.Length == 1 ? [] : [.. pieces.Select(piece => (piece.MinJump, piece.MaxJump))]);
            case TokenKind.Regex:
                var (pattern, isGreedy) = RegexReader.Read(declaration.Value.Text, modifiers.NoCase || declaration.Value.Flags.Contains('i'), declaration.Value.Flags.Contains('s'));
                var variants = ImmutableArray.CreateBuilder<Variant>();
                if (!modifiers.Wide || modifiers.Ascii)
                {
                    variants.Add(new PatternVariant(pattern, isGreedy) { String = number, IsFullWord = modifiers.FullWord });
                }

                if (modifiers.Wide)
                {
                    variants.Add(new PatternVariant(pattern.Widened(), isGreedy) { String = number, IsFullWord = modifiers.FullWord, IsWide = true });
                }

                return new StringMatcher(variants.ToImmutable(), []);
            default:
                return new StringMatcher([.. Texts(Encoding.Latin1.GetBytes(declaration.Value.Text), modifiers, number)], []);
        }
    }

    private static IEnumerable<Variant> Texts(byte[] text, StringModifiers modifiers, int number)
    {
        if ((modifiers.Base64 ?? modifiers.Base64Wide) is not null)
        {
            return Encoded(text, modifiers, number);
        }

        var forms = new List<(byte[] Text, bool IsWide)>();
        if (!modifiers.Wide || modifiers.Ascii)
        {
            forms.Add((text, false));
        }

        if (modifiers.Wide)
        {
            forms.Add((Wide(text), true));
        }

        var keys = modifiers.Xor is { } xor ? Enumerable.Range(xor.First, xor.Last - xor.First + 1) : [0];
        return forms.SelectMany(form => keys.Select(key =>
        {
            var bytes = form.Text.Select(value => (byte)(value ^ key)).ToArray();
            return (Variant)new LiteralVariant(modifiers.NoCase ? [.. bytes.Select(Literals.Fold)] : bytes, modifiers.NoCase) { String = number, IsFullWord = modifiers.FullWord, IsWide = form.IsWide };
        }));
    }

    private static byte[] Wide(byte[] text) => [.. text.SelectMany(value => (byte[])[value, 0])];

    /// <summary>What of a text shows in base64 wherever it begins: whole characters that nothing before or behind it changes.</summary>
    private static IEnumerable<Variant> Encoded(byte[] text, StringModifiers modifiers, int number)
    {
        foreach (var form in (byte[][])(modifiers.Wide ? modifiers.Ascii ? [text, Wide(text)] : [Wide(text)] : [text]))
        {
            for (var shift = 0; shift < 3; shift++)
            {
                foreach (var (alphabet, isWide) in new[] { (modifiers.Base64, false), (modifiers.Base64Wide, true) })
                {
                    if (alphabet is not null && Shown(form, shift, alphabet) is { Length: > 0 } shown)
                    {
                        yield return new LiteralVariant(isWide ? Wide(shown) : shown, isNoCase: false) { String = number, IsWide = isWide };
                    }
                }
            }
        }
    }

    private static byte[] Shown(byte[] text, int shift, string alphabet)
    {
        const string usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var encoded = Convert.ToBase64String([.. new byte[shift], .. text]);
        var first = shift switch { 0 => 0, 1 => 2, _ => 3 };
        var behind = ((text.Length + shift) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
        return encoded.Length - first - behind <= 0 ? [] : [.. encoded[first..^behind].Select(c => (byte)alphabet[usual.IndexOf(c, StringComparison.Ordinal)])];
    }
}
