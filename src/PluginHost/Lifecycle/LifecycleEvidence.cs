using System.Collections.Immutable;

namespace PluginHost.Lifecycle;

/// <summary>Names of what speaks for a line of the journal.</summary>
internal static class LifecycleEvidence
{
    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A signed statement that lifts a quarantine.</summary>
    public const string Release = "release";

    /// <summary>What imposed a quarantine: <see cref="ByOperator"/>, <see cref="ByAudit"/> or <see cref="ByLimits"/>.</summary>
    public const string Imposed = "imposed";

    /// <summary>Public key of the operator who imposed it, where one signed.</summary>
    public const string OperatorKey = "operator_key";

    public const string Trust = "trust";
    public const string KeyId = "key";
    public const string ArtifactDigest = "artifact";
    public const string Code = "code";

    public const string ByOperator = "operator";
    public const string ByAudit = "audit";
    public const string ByLimits = "limits";
}
