using PluginHost.Registry.Publishing;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Registry.Service;

/// <summary>What a registry says right now, read anew when its timestamp is another one.</summary>
/// <param name="files">Its files.</param>
internal sealed class RegistryReader(IPublicFiles files)
{
    private readonly Lock _turn = new();
    private (byte[] Timestamp, RegistryContent Content)? _known;

    /// <exception cref="SkillVerificationException">It does not hold.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RegistryContent Read()
    {
        var timestamp = files.Find(RegistryFiles.Timestamp, RegistryTimestamp.MaxBytes) ?? [];
        lock (_turn)
        {
            if (_known is not { } known || !known.Timestamp.AsSpan().SequenceEqual(timestamp))
            {
                // Something is published between two files: then they agree the next time.
                _known = known = (timestamp, Try() ?? RegistryContent.Read(files));
            }

            return known.Content;
        }
    }

    private RegistryContent? Try()
    {
        try
        {
            return RegistryContent.Read(files);
        }
        catch (SkillVerificationException)
        {
            return null;
        }
    }
}
