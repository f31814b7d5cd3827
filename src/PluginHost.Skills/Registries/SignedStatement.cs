using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Registries;

/// <summary>A statement of a registry, signed by its key. Unlike evidence about a package, which anybody may add, it is the registry's own word, or refused.</summary>
internal static class SignedStatement
{
    /// <summary>Signs a statement.</summary>
    /// <param name="key">The registry's key.</param>
    /// <param name="type">What kind of thing is said.</param>
    /// <param name="subjects">What it is said of.</param>
    /// <param name="predicate">Writes the properties of what is said.</param>
    public static byte[] Sign(SigningKey key, string type, IEnumerable<(string Name, string Algorithm, string Digest)> subjects, Action<Utf8JsonWriter> predicate) =>
        DsseEnvelope.Sign(InTotoStatement.PayloadType, InTotoStatement.Write(subjects, type, predicate), key);

    /// <summary>Reads a statement.</summary>
    /// <param name="bytes">The envelope.</param>
    /// <param name="key">The registry's public key.</param>
    /// <param name="type">What kind of thing it has to say.</param>
    /// <exception cref="FormatException">It is malformed, of another kind, or not signed by the key.</exception>
    public static (string Id, InTotoStatement Statement) Read(ReadOnlyMemory<byte> bytes, byte[] key, string type) => Read(bytes, _ => key, type);

    /// <summary>Reads a statement that names who signs it.</summary>
    /// <param name="bytes">The envelope.</param>
    /// <param name="key">The key that has to have signed it, from what it says; nothing of that holds yet.</param>
    /// <param name="type">What kind of thing it has to say.</param>
    /// <exception cref="FormatException">It is malformed, of another kind, or not signed by the key.</exception>
    public static (string Id, InTotoStatement Statement) Read(ReadOnlyMemory<byte> bytes, Func<InTotoStatement, byte[]> key, string type)
    {
        var envelope = DsseEnvelope.Read(bytes);
        var statement = envelope.PayloadType == InTotoStatement.PayloadType ? InTotoStatement.Read(envelope.Payload) : throw new FormatException("it is no in-toto statement");
        return statement.PredicateType != type || statement.Predicate.ValueKind != JsonValueKind.Object ? throw new FormatException($"it is no statement of the kind {type}")
            : envelope.SignatureOf(key(statement)) is null ? throw new FormatException("the key that ought to have did not sign it")
            : (envelope.Id, statement);
    }

    /// <summary>A text of a predicate.</summary>
    /// <exception cref="FormatException">It is missing, or too long.</exception>
    public static string Text(InTotoStatement statement, string name, int most = 512) =>
        statement.Predicate.Text(name) is { Length: > 0 } text && text.Length <= most ? text : throw new FormatException($"its '{name}' is missing, or longer than {most} characters");
}
