using System.Collections.Immutable;

namespace PluginHost.Skills.Transparency;

/// <summary>What a policy says of a checkpoint.</summary>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Log">Key of the log that signed it; null where none that counts did.</param>
/// <param name="Witnesses">Names of the witnesses that cosigned it.</param>
/// <param name="HasQuorum">Whether they are enough.</param>
/// <param name="CosignedAt">When the last of them did; null where none did.</param>
internal sealed record LogVerdict(Checkpoint Checkpoint, NoteKey? Log, ImmutableArray<string> Witnesses, bool HasQuorum, DateTimeOffset? CosignedAt)
{
    /// <summary>Whether the policy takes it.</summary>
    public bool Holds => Log is not null && HasQuorum;
}
