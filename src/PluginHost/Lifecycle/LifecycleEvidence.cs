using System.Collections.Immutable;

namespace PluginHost.Lifecycle;

/// <summary>Names of what speaks for a line of the journal.</summary>
internal static class LifecycleEvidence
{
    public static ImmutableSortedDictionary<string, string> None { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A signed statement that lifts a quarantine.</summary>
    public const string Release = "release";

    /// <summary>What imposed a quarantine: <see cref="ByOperator"/>, <see cref="ByAudit"/>, <see cref="ByLimits"/> or <see cref="ByRegistry"/>.</summary>
    public const string Imposed = "imposed";

    /// <summary>Public key of the operator who imposed it, where one signed.</summary>
    public const string OperatorKey = "operator_key";

    /// <summary>The user of the process by whom it was imposed.</summary>
    public const string User = "user";

    /// <summary>Payload of what an unsigned package became.</summary>
    public const string AdoptedAs = "adopted_as";

    public const string Trust = "trust";
    public const string KeyId = "key";
    public const string ArtifactDigest = "artifact";
    public const string Code = "code";

    public const string ByOperator = "operator";
    public const string ByAudit = "audit";
    public const string ByLimits = "limits";
    public const string ByRegistry = "registry";
}
