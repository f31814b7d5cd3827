using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PluginHost.Capabilities.Secrets;

/// <summary>How a secret may look where it does not belong: as it is, and in the encodings that services and guests use.</summary>
internal sealed class SecretForms
{
    /// <summary>A shorter needle would be found by chance.</summary>
    private const int Shortest = 4;

    private readonly byte[][] _needles;

    public SecretForms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var percent = string.Concat(bytes.Select(b => $"%{b:X2}"));
        IEnumerable<string> texts =
        [
            value,
            .. Base64(bytes),
            Convert.ToHexStringLower(bytes),
            Convert.ToHexString(bytes),
            Uri.EscapeDataString(value),
            LowerEscapes(Uri.EscapeDataString(value)),
            Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal),
            percent,
            LowerEscapes(percent),
            JsonEncodedText.Encode(value).ToString(),
            JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        ];
        _needles = [.. texts.Where(text => text.Length >= Shortest).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
    }

    public bool AreIn(ReadOnlySpan<byte> text)
    {
        foreach (var needle in _needles)
        {
            if (text.IndexOf(needle) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Within a longer text base64 has three forms, by where the value begins; what its neighbours decide is left out.</summary>
    private static IEnumerable<string> Base64(byte[] bytes)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var text = Convert.ToBase64String([.. new byte[offset], .. bytes]).TrimEnd('=');
            var first = offset == 0 ? 0 : offset + 1;
            var last = (offset + bytes.Length) % 3 == 0 ? text.Length : text.Length - 1;
            if (last - first >= Shortest)
            {
                yield return text[first..last];
                yield return text[first..last].Replace('+', '-').Replace('/', '_');
            }
        }
    }

    private static string LowerEscapes(string text)
    {
        var lower = text.ToCharArray();
        for (var i = 0; i + 2 < lower.Length; i++)
        {
            if (lower[i] == '%')
            {
                lower[i + 1] = char.ToLowerInvariant(lower[i + 1]);
                lower[i + 2] = char.ToLowerInvariant(lower[i + 2]);
            }
        }

        return new string(lower);
    }
}
