using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace PluginHost.Skills.Chain;

/// <summary>
/// From which key to which a line of a bundle seems to vouch: found without reading the line as it has to be read, and without its signature. Whatever
/// comes of it is read before it counts; what this overlooks would only be missing.
/// </summary>
/// <param name="From">The voucher's key.</param>
/// <param name="To">The key that is vouched for.</param>
internal readonly record struct VouchHint(KeyBytes From, KeyBytes To)
{
    /// <summary>What was found.</summary>
    public enum Finding
    {
        /// <summary>It can be no vouch for a key.</summary>
        Nothing,

        /// <summary>It has to be read to know.</summary>
        Odd,

        /// <summary>Two keys.</summary>
        Keys,
    }

    private static ReadOnlySpan<byte> KeyPrefix => "ed25519:"u8;

    /// <summary>Looks at a line.</summary>
    public static Finding Of(ReadOnlySpan<byte> line, out VouchHint hint)
    {
        hint = default;
        try
        {
            return Payload(line, out var base64) is var found and not Finding.Keys ? found : Decoded(base64, out hint);
        }
        catch (JsonException)
        {
            return Finding.Nothing;
        }
    }

    private static Finding Payload(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> base64)
    {
        base64 = default;
        var json = new Utf8JsonReader(line);
        if (line.TrimStart(" \t\r"u8) is not [(byte)'{', ..] || !json.Read())
        {
            return Finding.Nothing;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPayload = json.ValueTextEquals("payload"u8);
            json.Read();
            if (isPayload)
            {
                base64 = json.TokenType == JsonTokenType.String ? json.ValueSpan : default;
                return json.TokenType != JsonTokenType.String ? Finding.Nothing : json.ValueIsEscaped || base64.ContainsAny("-_"u8) ? Finding.Odd : Finding.Keys;
            }

            json.Skip();
        }

        return Finding.Nothing;
    }

    private static Finding Decoded(ReadOnlySpan<byte> base64, out VouchHint hint)
    {
        hint = default;
        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        try
        {
            return Base64.DecodeFromUtf8(base64, buffer, out _, out var count) == OperationStatus.Done ? Keys(buffer.AsSpan(0, count), out hint) : Finding.Nothing;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A vouch names its narrator and its target, and no other key; where letters are escaped, or there are more, it is read.</summary>
    private static Finding Keys(ReadOnlySpan<byte> payload, out VouchHint hint)
    {
        hint = default;
        if (payload.Contains((byte)'\\'))
        {
            return Finding.Odd;
        }

        KeyBytes? from = null, to = null;
        var seen = 0;
        for (var at = 0; payload[at..].IndexOf(KeyPrefix) is var next and >= 0; at += next + KeyPrefix.Length, seen++)
        {
            var before = payload[..(at + next)].TrimEnd("\": \t\r\n"u8);
            var after = payload[(at + next + KeyPrefix.Length)..];
            var key = after.Length >= 2 * KeyBytes.Count ? KeyBytes.Of(after[..(2 * KeyBytes.Count)]) : null;
            (from, to) = before.EndsWith("\"narrator"u8) ? (key, to) : before.EndsWith("\"key"u8) ? (from, key) : (from, to);
        }

        hint = new VouchHint(from ?? default, to ?? default);
        return seen < 2 ? Finding.Nothing : seen == 2 && from is not null && to is not null ? Finding.Keys : Finding.Odd;
    }
}
