using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>What the chain needs to know of a line.</summary>
internal readonly ref struct AuditRecord
{
    private AuditRecord(int version, long sequence, ReadOnlySpan<byte> type, bool allows, long of, ReadOnlySpan<byte> previous)
    {
        Version = version;
        Sequence = sequence;
        Type = type;
        Allows = allows;
        Of = of;
        Previous = previous;
    }

    public int Version { get; }

    public long Sequence { get; }

    public ReadOnlySpan<byte> Type { get; }

    /// <summary>Whether it is a demand that was allowed.</summary>
    public bool Allows { get; }

    /// <summary>The demand that an outcome belongs to.</summary>
    public long Of { get; }

    public ReadOnlySpan<byte> Previous { get; }

    public bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);

    /// <exception cref="FormatException">The common fields are not there once each, in their order.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static AuditRecord Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        Begin(ref reader);
        var version = (int)Number(ref reader, "v"u8);
        var sequence = Number(ref reader, "seq"u8);
        Text(ref reader, "time"u8);
        var type = Text(ref reader, "type"u8);
        bool? allows = null;
        long? of = null;
        ReadOnlySpan<byte> previous = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prev"u8))
            {
                previous = Value(ref reader);
                Text(ref reader, "hash"u8);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndObject || reader.Read())
                {
                    throw new FormatException("something stands behind the hash");
                }

                return new AuditRecord(version, sequence, type, allows ?? false, of ?? 0, previous);
            }

            if (reader.ValueTextEquals("decision"u8))
            {
                Once(allows is null);
                allows = Value(ref reader).SequenceEqual("allow"u8);
            }
            else if (reader.ValueTextEquals("of"u8))
            {
                Once(of is null);
                reader.Read();
                of = reader.GetInt64();
            }
            else
            {
                Once(!reader.ValueTextEquals("seq"u8) && !reader.ValueTextEquals("type"u8) && !reader.ValueTextEquals("time"u8) && !reader.ValueTextEquals("v"u8));
                reader.Read();
                reader.Skip();
            }
        }

        throw new FormatException("the hash of the line before is missing");
    }

    private static void Begin(scoped ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("no object");
        }
    }

    private static void Once(bool holds)
    {
        if (!holds)
        {
            throw new FormatException("a field occurs twice");
        }
    }

    private static void Name(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name))
        {
            throw new FormatException("a common field is missing or out of its order");
        }
    }

    private static long Number(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        reader.Read();
        return reader.GetInt64();
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Name(ref reader, name);
        return Value(ref reader);
    }

    private static ReadOnlySpan<byte> Value(scoped ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? reader.ValueSpan : throw new FormatException("no plain string");
}
