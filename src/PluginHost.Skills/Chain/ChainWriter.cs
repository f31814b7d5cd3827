using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Chain;

/// <summary>Writes links. What is written is read back before it is handed out.</summary>
/// <param name="Key">The narrator's key.</param>
/// <param name="Previous">Ids of the links that it stands on.</param>
/// <param name="IssuedAt">Since when.</param>
/// <param name="Sequence">The narrator's number of it.</param>
internal sealed record ChainWriter(SigningKey Key, IReadOnlyList<string> Previous, DateTimeOffset IssuedAt, long Sequence)
{
    /// <summary>A link about a skill.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="payload">The skill's payload digest.</param>
    /// <param name="file">Its file's name and lower hex SHA-256.</param>
    /// <param name="predicate">Writes what is said.</param>
    /// <param name="further">Further subjects: the files that were built.</param>
    /// <exception cref="FormatException">What would be written is no link.</exception>
    public byte[] AboutSkill(LinkKind kind, string payload, (string Name, string Sha256) file, Action<Utf8JsonWriter> predicate, IEnumerable<(string Name, string Sha256)>? further = null) =>
        Sign(kind, [("payload", StatementSubject.PayloadAlgorithm, payload), (file.Name, "sha256", file.Sha256), .. (further ?? []).Select(subject => (subject.Name, "sha256", subject.Sha256))], predicate);

    /// <summary>A vouch for a key.</summary>
    /// <param name="key">Lower hex public key.</param>
    /// <param name="predicate">Writes what is said.</param>
    /// <exception cref="FormatException">What would be written is no link.</exception>
    public byte[] AboutKey(string key, Action<Utf8JsonWriter> predicate) => Sign(LinkKind.Vouch, [("key", "sha256", Trust.KeyEvent.DigestOf(key))], predicate);

    private byte[] Sign(LinkKind kind, IEnumerable<(string Name, string Algorithm, string Digest)> subjects, Action<Utf8JsonWriter> predicate)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("_type", InTotoStatement.Type);
            writer.WriteStartArray("subject");
            foreach (var (name, algorithm, digest) in subjects)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteStartObject("digest");
                writer.WriteString(algorithm, digest);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", LinkKinds.TypeOf(kind));
            writer.WriteStartObject("predicate");
            predicate(writer);
            WriteExtension(writer, LinkKinds.RoleOf(kind));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        var envelope = DsseEnvelope.Sign(InTotoStatement.PayloadType, stream.ToArray(), Key);
        var read = DsseEnvelope.Read(envelope);
        _ = ChainLinkReader.Read(read, InTotoStatement.Read(read.Payload));
        return envelope;
    }

    private void WriteExtension(Utf8JsonWriter writer, ChainRole role)
    {
        writer.WriteStartObject(ChainLinkReader.Extension);
        writer.WriteNumber("v", 1);
        writer.WriteString("role", LinkKinds.NameOf(role));
        writer.WriteString("narrator", ChainLinkReader.Text(Convert.ToHexStringLower(Key.PublicKey)));
        writer.WriteStartArray("prev");
        foreach (var id in Previous)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
        writer.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
        writer.WriteNumber("seq", Sequence);
        writer.WriteEndObject();
    }
}
