namespace PluginHost.Skills.Chain;

/// <summary>Evidence that contradicts itself.</summary>
/// <param name="What">What was found.</param>
/// <param name="Documents">What proves it.</param>
internal sealed record Fabrication(string What, IReadOnlyList<ReadOnlyMemory<byte>> Documents);
