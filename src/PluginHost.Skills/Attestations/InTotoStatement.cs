using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Attestations;

/// <summary>An in-toto statement (v1): which things something is said of, and what.</summary>
internal sealed class InTotoStatement
{
    public const string Type = "https://in-toto.io/Statement/v1";

    /// <summary>The type of a DSSE payload that is a statement.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    private const int MaxSubjects = 10_000;

    private InTotoStatement(JsonElement root, ImmutableArray<StatementSubject> subjects, string predicateType)
    {
        Root = root;
        Subjects = subjects;
        PredicateType = predicateType;
    }

    /// <summary>All of it.</summary>
    public JsonElement Root { get; }

    public ImmutableArray<StatementSubject> Subjects { get; }

    public string PredicateType { get; }

    /// <summary>What is said; an undefined element where nothing is.</summary>
    public JsonElement Predicate => Root.TryGetProperty("predicate", out var predicate) ? predicate : default;

    /// <summary>Whether a JSON object says that it is a statement.</summary>
    public static bool IsOne(JsonElement root) => root.Text("_type") == Type && root.Text("predicateType") is { Length: > 0 };

    /// <summary>Writes a statement about one thing.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="digests">Its digests, by algorithm.</param>
    /// <param name="predicateType">What kind of thing is said.</param>
    /// <param name="predicate">Writes the properties of what is said.</param>
    public static byte[] Write(string name, IEnumerable<(string Algorithm, string Digest)> digests, string predicateType, Action<Utf8JsonWriter> predicate) =>
        Write([(name, digests)], predicateType, predicate);

    /// <summary>Writes a statement about some things.</summary>
    /// <param name="subjects">What they are called, and a digest of each.</param>
    /// <param name="predicateType">What kind of thing is said.</param>
    /// <param name="predicate">Writes the properties of what is said.</param>
    public static byte[] Write(IEnumerable<(string Name, string Algorithm, string Digest)> subjects, string predicateType, Action<Utf8JsonWriter> predicate) =>
        Write(subjects.Select(subject => (subject.Name, (IEnumerable<(string, string)>)[(subject.Algorithm, subject.Digest)])), predicateType, predicate);

    private static byte[] Write(IEnumerable<(string Name, IEnumerable<(string Algorithm, string Digest)> Digests)> subjects, string predicateType, Action<Utf8JsonWriter> predicate)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("_type", Type);
            writer.WriteStartArray("subject");
            foreach (var (name, digests) in subjects)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteStartObject("digest");
                foreach (var (algorithm, digest) in digests)
                {
                    writer.WriteString(algorithm, digest);
                }

                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", predicateType);
            writer.WriteStartObject("predicate");
            predicate(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="FormatException">It is no statement.</exception>
    public static InTotoStatement Read(ReadOnlyMemory<byte> bytes)
    {
        // The reader of JSON looks at the texts that are asked for alone.
        if (!Utf8.IsValid(bytes.Span))
        {
            throw new FormatException("the statement is not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            if (bytes.Span.IndexOf("\\u"u8) >= 0)
            {
                LookAt(document.RootElement);
            }

            return Read(document.RootElement.Clone());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("the statement is not JSON, holds what is no text, or a property is there twice", e);
        }
    }

    /// <summary>Reads every text, of which escapes can make half a character.</summary>
    private static void LookAt(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    LookAt(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    LookAt(property.Value);
                }

                break;
        }
    }

    /// <exception cref="FormatException">It is no statement.</exception>
    public static InTotoStatement Read(JsonElement root)
    {
        if (!IsOne(root))
        {
            throw new FormatException($"it is no statement of type {Type}");
        }

        var subjects = root.Items("subject").Take(MaxSubjects + 1).Select(StatementSubject.Read).ToImmutableArray();
        return subjects.Length is > 0 and <= MaxSubjects
            ? new InTotoStatement(root, subjects, root.Text("predicateType")!)
            : throw new FormatException($"the statement has no subject, or more than {MaxSubjects}");
    }
}
