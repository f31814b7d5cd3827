namespace PluginHost.Skills.Chain;

/// <summary>A narrator whom the operator names: trust begins with it.</summary>
/// <param name="Key">Lower hex public key.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Role">What it may say. A key has one role.</param>
internal sealed record ChainNarrator(string Key, string Name, ChainRole Role);
