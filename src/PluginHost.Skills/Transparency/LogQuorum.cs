using System.Collections.Immutable;

namespace PluginHost.Skills.Transparency;

/// <summary>How many of some witnesses, or of some groups of them, have to have cosigned.</summary>
/// <param name="Needed">How many.</param>
/// <param name="Witnesses">Names of witnesses.</param>
/// <param name="Groups">Groups.</param>
internal sealed record LogQuorum(int Needed, ImmutableArray<string> Witnesses, ImmutableArray<LogQuorum> Groups)
{
    public bool IsMetBy(IReadOnlySet<string> cosigned) => Witnesses.Count(cosigned.Contains) + Groups.Count(group => group.IsMetBy(cosigned)) >= Needed;
}
