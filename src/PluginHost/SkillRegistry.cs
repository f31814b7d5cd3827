using System.Security.Cryptography.X509Certificates;
using PluginHost.Hosting;
using PluginHost.Library.Registries;
using PluginHost.Skills.Registries;

namespace PluginHost;

/// <summary>Where packages are offered. What comes from it passes every room as any package does; a registry vouches for nothing.</summary>
public sealed class SkillRegistry
{
    private SkillRegistry(IRegistry registry) => Registry = registry;

    internal IRegistry Registry { get; }

    /// <summary>A folder of packages, and the folders in it.</summary>
    /// <param name="path">The folder.</param>
    public static SkillRegistry Folder(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new SkillRegistry(new LocalRegistry(Path.GetFullPath(path)));
    }

    /// <summary>A registry's directory that was brought here as it is: its signed index, with whatever it serves beside it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="publicKey">Key that signs its index, 64 lower hexadecimal digits; null for the one that the state knows for this directory (<c>trust registry add</c>).</param>
    /// <exception cref="ArgumentException">The key is none.</exception>
    public static SkillRegistry Mirror(string path, string? publicKey = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsKey(publicKey)
            ? new SkillRegistry(new RemoteRegistry(new Uri(Path.Combine(Path.GetFullPath(path), RegistryFiles.Index)), publicKey, null))
            : throw new ArgumentException("64 lower hexadecimal digits are needed", nameof(publicKey));
    }

    /// <summary>
    /// An index behind an address, in Palyra's form: at most 20 signed pages of at most 2 MiB, and packages of at most 64 MiB, all of the same origin, each within 20 seconds.
    /// </summary>
    /// <param name="index">Its first page, or the folder that has it as <c>index.json</c>; https, or http to this machine.</param>
    /// <param name="publicKey">Key that signs it, 64 lower hexadecimal digits; null for the one that the state knows for this origin (<c>trust registry add</c>).</param>
    /// <param name="roots">Certificates that its own has to come from; null for those of the system.</param>
    /// <exception cref="ArgumentException">It is no such address, or the key is none.</exception>
    public static SkillRegistry Https(Uri index, string? publicKey = null, X509Certificate2Collection? roots = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (!PublicAddress.Is(index))
        {
            throw new ArgumentException("an https address without a user is needed (http is for this machine alone)", nameof(index));
        }

        return IsKey(publicKey)
            ? new SkillRegistry(new RemoteRegistry(index.AbsolutePath.EndsWith('/') ? new Uri(index, RegistryFiles.Index) : index, publicKey, roots))
            : throw new ArgumentException("64 lower hexadecimal digits are needed", nameof(publicKey));
    }

    private static bool IsKey(string? publicKey) => publicKey is null || (publicKey.Length == 64 && publicKey.All(char.IsAsciiHexDigitLower));
}
