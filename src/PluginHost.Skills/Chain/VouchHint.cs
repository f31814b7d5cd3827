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
            var buffer = ArrayPool<byte>.Shared.Rent(line.Length);
            try
            {
                return Payload(line, buffer) is var count && count < 0 ? Finding.Nothing : Decoded(buffer.AsSpan(0, count), out hint);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (JsonException)
        {
            return Finding.Nothing;
        }
    }

    /// <summary>Copies the payload, as base64 of the usual letters.</summary>
    /// <returns>How long it is; less than nothing where there is none.</returns>
    private static int Payload(ReadOnlySpan<byte> line, Span<byte> base64)
    {
        var json = new Utf8JsonReader(line);
        if (line.TrimStart(" \t\r"u8) is not [(byte)'{', ..] || !json.Read())
        {
            return -1;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPayload = json.ValueTextEquals("payload"u8);
            json.Read();
            if (isPayload)
            {
                if (json.TokenType != JsonTokenType.String)
                {
                    return -1;
                }

                var count = json.CopyString(base64);
                base64[..count].Replace((byte)'-', (byte)'+');
                base64[..count].Replace((byte)'_', (byte)'/');
                return count;
            }

            json.Skip();
        }

        return -1;
    }

    private static Finding Decoded(Span<byte> base64, out VouchHint hint)
    {
        hint = default;

        // What is odd about it the reader may still take.
        return Base64.DecodeFromUtf8InPlace(base64, out var count) == OperationStatus.Done ? Keys(base64[..count], out hint) : Finding.Odd;
    }

    /// <summary>A vouch names its narrator and its target; where letters are escaped, or more than one key is either, it is read.</summary>
    private static Finding Keys(ReadOnlySpan<byte> payload, out VouchHint hint)
    {
        hint = default;
        if (payload.IndexOf("\\u"u8) >= 0)
        {
            return Finding.Odd;
        }

        KeyBytes? from = null, to = null;
        var (narrators, targets) = (0, 0);
        for (var at = 0; payload[at..].IndexOf(KeyPrefix) is var next and >= 0; at += next + KeyPrefix.Length)
        {
            var before = payload[..(at + next)].TrimEnd("\": \t\r\n"u8);
            var after = payload[(at + next + KeyPrefix.Length)..];
            var key = after.Length >= 2 * KeyBytes.Count ? KeyBytes.Of(after[..(2 * KeyBytes.Count)]) : null;
            if (before.EndsWith("\"narrator"u8))
            {
                (from, narrators) = (key, narrators + 1);
            }
            else if (before.EndsWith("\"key"u8))
            {
                (to, targets) = (key, targets + 1);
            }
        }

        hint = new VouchHint(from ?? default, to ?? default);
        return narrators == 0 || targets == 0 ? Finding.Nothing : narrators == 1 && targets == 1 && from is not null && to is not null ? Finding.Keys : Finding.Odd;
    }
}
