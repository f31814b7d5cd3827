using System.Text;
using PluginHost.Audit;
using PluginHost.Skills.Cryptography;

namespace PluginHost.State;

/// <summary>The host's own key: it proves how far the audit log went, and signs nothing else.</summary>
internal static class HostKeyFile
{
    public static void Create(string path)
    {
        using var key = SigningKey.Generate();
        PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(key.ToPem(passphrase: null) + "\n"));
    }

    /// <exception cref="SkillStateException">It is missing or no key.</exception>
    public static CheckpointSigner? Signer(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            var bytes = new byte[Math.Min(file.Length, SigningKey.MaxFileBytes + 1L)];
            file.ReadExactly(bytes);
            return new CheckpointSigner(SigningKey.Read(bytes, static () => null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new SkillStateException("key", $"the host's key cannot be read: {e.Message}", e);
        }
    }
}
