using System.Text.Json;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Provenance;

/// <summary>What a statement of provenance says that was built.</summary>
/// <param name="Repository">URI of the repository.</param>
/// <param name="Ref">The branch or tag, if it says one.</param>
internal sealed record ProvenanceSource(string Repository, string? Ref)
{
    /// <summary>The source among the external parameters: a URI with a ref behind <c>@</c>, or a workflow's repository and ref.</summary>
    public static ProvenanceSource? Of(JsonElement externalParameters)
    {
        if (externalParameters.Text("source") is { } source)
        {
            return Split(source);
        }

        var from = externalParameters.ValueKind == JsonValueKind.Object && externalParameters.TryGetProperty("workflow", out var workflow) ? workflow : externalParameters;
        return from.Text("repository") is { } repository ? new ProvenanceSource(repository, from.Text("ref")) : null;
    }

    private static ProvenanceSource Split(string uri)
    {
        // A user before the host has an @, too.
        var at = uri.LastIndexOf('@');
        return at > uri.LastIndexOf("://", StringComparison.Ordinal) && uri.IndexOf('/', uri.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0) is var path and >= 0 && at > path
            ? new ProvenanceSource(uri[..at], uri[(at + 1)..])
            : new ProvenanceSource(uri, null);
    }
}
