using PluginHost.Skills.Cryptography;

namespace PluginHost.Registry.Publishing;

/// <summary>The keys with which a registry is written. What each signed last is kept beside it.</summary>
/// <param name="Path">File of the registry's key.</param>
/// <param name="Key">The registry's key.</param>
/// <param name="LogPath">File of its log's key.</param>
/// <param name="LogKey">Its log's key: a key has one role.</param>
internal sealed record RegistryKeys(string Path, SigningKey Key, string LogPath, SigningKey LogKey)
{
    /// <summary>Lower hex public key of the registry.</summary>
    public string Public => Convert.ToHexStringLower(Key.PublicKey);

    /// <summary>The record of what the registry's key signed last.</summary>
    public PublishedRecord Record => new(Path + ".published");
}
