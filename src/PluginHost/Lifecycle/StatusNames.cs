using System.Collections.Frozen;

namespace PluginHost.Lifecycle;

/// <summary>Names of statuses, as the journal and reports have them.</summary>
internal static class StatusNames
{
    private static readonly FrozenDictionary<string, SkillStatus> ByName = Enum.GetValues<SkillStatus>().ToFrozenDictionary(Of, StringComparer.Ordinal);

    public static string Of(SkillStatus status) => status == SkillStatus.RolledBack ? "rolled_back" : status.ToString().ToLowerInvariant();

    /// <exception cref="FormatException">There is no such status.</exception>
    public static SkillStatus Parse(string name) => ByName.TryGetValue(name, out var status) ? status : throw new FormatException($"'{name}' is no status");
}
