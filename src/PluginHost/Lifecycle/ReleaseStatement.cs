using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Lifecycle;

/// <summary>
/// An operator's signed word that a quarantine is lifted. It names the line that imposed it, so it is good for that one alone.
/// </summary>
internal static class ReleaseStatement
{
    public const string StatementType = "urn:pluginhost:release:v1";

    /// <param name="held">The line that imposed the quarantine.</param>
    /// <param name="reason">Why it is lifted.</param>
    /// <param name="key">The operator's key.</param>
    /// <returns>The statement in its envelope, base64.</returns>
    public static string Sign(LifecycleRecord held, string reason, SigningKey key)
    {
        var statement = InTotoStatement.Write($"{held.Change.Skill}@{held.Change.Version}", [(StatementSubject.PayloadAlgorithm, held.Change.Payload)], StatementType, writer =>
        {
            writer.WriteString("quarantine", held.Hash);
            writer.WriteString("reason", reason);
        });
        return Convert.ToBase64String(DsseEnvelope.Sign(InTotoStatement.PayloadType, statement, key));
    }

    /// <summary>The key of an operator who signed that exactly this quarantine is lifted; null where none did.</summary>
    /// <param name="envelope">The statement, as <see cref="Sign"/> made it.</param>
    /// <param name="held">The line that imposed the quarantine.</param>
    /// <param name="operators">Keys of operators.</param>
    public static byte[]? SignedBy(string envelope, LifecycleRecord held, IEnumerable<byte[]> operators)
    {
        try
        {
            var dsse = DsseEnvelope.Read(Convert.FromBase64String(envelope));
            return dsse.PayloadType == InTotoStatement.PayloadType
                && InTotoStatement.Read(dsse.Payload) is { PredicateType: StatementType, Subjects: [{ Payload: { } payload }] } statement
                && payload == held.Change.Payload
                && statement.Predicate.Text("quarantine") == held.Hash
                ? dsse.SignedBy(operators)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
