using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Registries;

/// <summary>What a registry has to say against a version. It is never taken back: a version that was killed stays so.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Skill">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Payload">Its payload digest.</param>
/// <param name="Reason">Why.</param>
/// <param name="IssuedAt">Since when.</param>
internal sealed record RegistryAdvisory(AdvisoryAction Action, string Skill, string Version, string Payload, string Reason, DateTimeOffset IssuedAt)
{
    /// <summary>What kind of statement it is.</summary>
    public const string Type = "urn:pluginhost:advisory:v1";

    private const int MaxReason = 2_000;

    /// <summary>The digest of its words; empty before it is signed.</summary>
    public string Id { get; init; } = "";

    public byte[] Sign(SigningKey key) => SignedStatement.Sign(key, Type, [($"{Skill}@{Version}", StatementSubject.PayloadAlgorithm, Payload)], json =>
    {
        json.WriteString("action", NameOf(Action));
        json.WriteString("skill", Skill);
        json.WriteString("version", Version);
        json.WriteString("reason", Reason);
        json.WriteString("issuedAt", ChainLinkReader.Text(IssuedAt));
    });

    /// <exception cref="FormatException">It is malformed, or not signed by the key.</exception>
    public static RegistryAdvisory Read(ReadOnlyMemory<byte> line, byte[] key)
    {
        var (id, statement) = SignedStatement.Read(line, key, Type);
        var payload = statement.Subjects is [{ Payload: { } one }] ? one : throw new FormatException("an advisory is about one payload");
        var action = SignedStatement.Text(statement, "action");
        return new RegistryAdvisory(
            Array.Find(Enum.GetValues<AdvisoryAction>(), known => NameOf(known) == action) is var found && NameOf(found) == action ? found : throw new FormatException($"'{action}' is none of advise, yank and kill"),
            SignedStatement.Text(statement, "skill"), SignedStatement.Text(statement, "version"), payload, SignedStatement.Text(statement, "reason", MaxReason), ChainLinkReader.Time(SignedStatement.Text(statement, "issuedAt")))
        {
            Id = id,
        };
    }

    /// <summary>An action as it is written.</summary>
    public static string NameOf(AdvisoryAction action) => action.ToString().ToLowerInvariant();
}
