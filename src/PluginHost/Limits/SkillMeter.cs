namespace PluginHost.Limits;

/// <summary>What is counted of the calls of a skill while they run.</summary>
/// <param name="Bytes">What the host moves for it.</param>
/// <param name="Probes">What it is denied.</param>
internal sealed record SkillMeter(ByteRate Bytes, ProbeCount Probes);
