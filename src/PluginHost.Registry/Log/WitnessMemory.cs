using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Logs;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Log;

/// <summary>
/// What a witness cosigned last of each log: whole in its folder, and how far beside its key. A folder that was put back from an older copy, or lost, is refused:
/// its witness would cosign another history.
/// </summary>
internal sealed class WitnessMemory
{
    private const string Extension = ".cosigned";
    private const int MaxBytes = 1024 * 1024;
    private readonly string _folder;
    private readonly string _beside;
    private ImmutableSortedDictionary<string, long> _sizes = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <param name="folder">The folder.</param>
    /// <param name="keyPath">File of the key.</param>
    /// <exception cref="SkillVerificationException">The folder remembers less than the key has cosigned.</exception>
    public WitnessMemory(string folder, string keyPath)
    {
        (_folder, _beside) = (folder, keyPath + Extension);
        if (!File.Exists(_beside))
        {
            return;
        }

        foreach (var line in Encoding.UTF8.GetString(BoundedFile.Read(_beside, MaxBytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ', 2) is not [var number, { Length: > 0 } origin] || Checkpoint.Number(number) is not { } size)
            {
                throw LogRefusal.Form($"'{_beside}' is damaged");
            }

            if (!(LastOf(origin)?.Size >= size))
            {
                throw LogRefusal.RolledBack($"the key has cosigned {size} entries of '{Printable.Text(origin)}', and '{folder}' does not remember that: it is an older copy, or another folder. A witness that forgot needs a new key");
            }

            _sizes = _sizes.SetItem(origin, size);
        }
    }

    /// <summary>What was cosigned last of a log; null for nothing.</summary>
    /// <exception cref="SkillVerificationException">The file is damaged.</exception>
    public Checkpoint? LastOf(string origin)
    {
        try
        {
            return File.Exists(PathOf(origin)) ? Checkpoint.Read(Note.Read(BoundedFile.Read(PathOf(origin), Note.MaxBytes)).Text) : null;
        }
        catch (FormatException e)
        {
            throw LogRefusal.Of(e);
        }
    }

    /// <summary>Remembers what is about to be cosigned. It is durable when this returns.</summary>
    public void Keep(Note note, Checkpoint checkpoint)
    {
        PrivateFiles.Replace(PathOf(checkpoint.Origin), Encoding.UTF8.GetBytes(note.ToString()));
        _sizes = _sizes.SetItem(checkpoint.Origin, checkpoint.Size);
        PrivateFiles.Replace(_beside, Encoding.UTF8.GetBytes(string.Concat(_sizes.Select(log => string.Create(CultureInfo.InvariantCulture, $"{log.Value} {log.Key}\n")))));
    }

    private string PathOf(string origin) => Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..32] + Extension);
}
