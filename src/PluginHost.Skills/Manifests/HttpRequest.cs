using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>Requests to one host.</summary>
internal sealed record HttpRequest(
    string Name, string Host, string Scheme, int Port, ImmutableArray<string> Methods, string PathPrefix, bool Redirects, SecretRequest? Secret)
{
    /// <summary>Line of the file on which it begins.</summary>
    public int Line { get; init; }
}
