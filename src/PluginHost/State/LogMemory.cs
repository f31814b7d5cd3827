using System.Security.Cryptography;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;

namespace PluginHost.State;

/// <summary>What was seen of logs, in a folder: the last checkpoint of each, and evidence where one showed two trees.</summary>
internal sealed class LogMemory(string folder) : ILogMemory
{
    private const int NameDigits = 32;
    private const string SeenExtension = ".checkpoint";
    private const string ForkExtension = ".fork";

    public string Folder => folder;

    /// <inheritdoc/>
    public bool IsForked(string origin) => Directory.Exists(ForkOf(origin));

    /// <inheritdoc/>
    /// <exception cref="SkillStateException">It cannot be read.</exception>
    public Checkpoint? LastOf(string origin)
    {
        try
        {
            return NoteOf(origin) is { } note ? Checkpoint.Read(note.Text) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("log", $"what was seen of a log cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The checkpoint that was seen last, with its signatures.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public Note? NoteOf(string origin)
    {
        try
        {
            var note = Note.Read(BoundedFile.Read(SeenOf(origin), Note.MaxBytes));
            return Checkpoint.Read(note.Text).Origin == origin ? note : throw new FormatException($"'{SeenOf(origin)}' is of another log");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The file of the checkpoint that was seen last.</summary>
    public string SeenOf(string origin) => Path.Combine(folder, NameOf(origin) + SeenExtension);

    /// <summary>The folder of evidence against a log.</summary>
    public string ForkOf(string origin) => Path.Combine(folder, NameOf(origin) + ForkExtension);

    private static string NameOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..NameDigits];
}
