using System.Collections.Immutable;
using System.Text.Json;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Attestations;

/// <summary>A thing that a statement is about.</summary>
/// <param name="Name">What it is called: a hint, no identity.</param>
/// <param name="Digests">Its digests by algorithm.</param>
internal sealed record StatementSubject(string Name, ImmutableDictionary<string, string> Digests)
{
    /// <summary>The algorithm under which a package's payload digest stands.</summary>
    public const string PayloadAlgorithm = "palyraPayload1";

    /// <summary>The SHA-256, if it is there in the one form that counts.</summary>
    public string? Sha256 => Digest("sha256");

    /// <summary>The payload digest of a package, likewise.</summary>
    public string? Payload => Digest(PayloadAlgorithm);

    public static StatementSubject Read(JsonElement subject) => new(
        subject.Text("name") ?? "",
        subject.ValueKind == JsonValueKind.Object && subject.TryGetProperty("digest", out var digests) && digests.ValueKind == JsonValueKind.Object
            ? digests.EnumerateObject().Where(digest => digest.Value.Text() is not null).ToImmutableDictionary(digest => digest.Name, digest => digest.Value.Text()!, StringComparer.Ordinal)
            : ImmutableDictionary<string, string>.Empty);

    private string? Digest(string algorithm) =>
        Digests.GetValueOrDefault(algorithm) is { Length: 64 } digest && digest.All(char.IsAsciiHexDigitLower) ? digest : null;
}
