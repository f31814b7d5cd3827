using PluginHost.Consent;

namespace PluginHost.Embedding;

/// <summary>A policy file as it was when it was needed first: who edits it later changes the next start, not this one.</summary>
/// <param name="path">The file.</param>
internal sealed class PolicyOnce(string path)
{
    private readonly Lock _gate = new();
    private byte[]? _bytes;

    public string Path => path;

    /// <summary>New options that begin with what it says.</summary>
    /// <exception cref="SkillStateException">It is missing, or breaks a rule.</exception>
    public SkillHostOptions Options()
    {
        lock (_gate)
        {
            return PolicyFile.Read(path, _bytes ??= PolicyFile.Bytes(path));
        }
    }
}
