using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Logs;

/// <summary>
/// What was seen of logs, in a folder: the last checkpoint of each that was followed, checkpoints of proofs that wait to be held against it, and evidence
/// where one showed two trees.
/// </summary>
internal sealed class LogMemory(string folder) : ILogMemory
{
    /// <summary>How many checkpoints of one log wait at most. Only the log itself can sign more.</summary>
    private const int MaxWaiting = 64;

    private const int NameDigits = 32;
    private const string SeenExtension = ".checkpoint";
    private const string WaitingExtension = ".waiting";
    private const string ForkExtension = ".fork";

    public string Folder => folder;

    /// <inheritdoc/>
    public bool IsForked(string origin) => Directory.Exists(ForkOf(origin));

    /// <inheritdoc/>
    /// <exception cref="SkillStateException">It cannot be read.</exception>
    public IReadOnlyList<Note> SeenOf(string origin) => Guard<IReadOnlyList<Note>>(() => NoteOf(origin) is { } note ? [note, .. WaitingOf(origin)] : WaitingOf(origin));

    /// <inheritdoc/>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public void Remember(Note note) => Guard<object?>(() =>
    {
        var checkpoint = Checkpoint.Read(note.Text);
        if (NoteOf(checkpoint.Origin) is { } last && Checkpoint.Read(last.Text).IsSameTree(checkpoint))
        {
            return null;
        }

        var file = Path.Combine(WaitingFolderOf(checkpoint.Origin), WaitingNameOf(checkpoint));
        if (!File.Exists(file) && WaitingOf(checkpoint.Origin).Count < MaxWaiting)
        {
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(file)!);
            PrivateFiles.Replace(file, Encoding.UTF8.GetBytes(note.ToString()));
        }

        return null;
    });

    /// <summary>The checkpoint that was followed last, with its signatures.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public Note? NoteOf(string origin)
    {
        try
        {
            return Read(PathOf(origin), origin);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Checkpoints of proofs that wait to be held against the log.</summary>
    /// <exception cref="FormatException">A file is damaged.</exception>
    public IReadOnlyList<Note> WaitingOf(string origin)
    {
        try
        {
            return [.. Directory.EnumerateFiles(WaitingFolderOf(origin)).Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(MaxWaiting).Select(file => Read(file, origin))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Forgets a checkpoint that waited: the log continues it.</summary>
    public void Reconciled(Note note)
    {
        var checkpoint = Checkpoint.Read(note.Text);
        File.Delete(Path.Combine(WaitingFolderOf(checkpoint.Origin), WaitingNameOf(checkpoint)));
    }

    /// <summary>The file of the checkpoint that was followed last.</summary>
    public string PathOf(string origin) => Path.Combine(folder, NameOf(origin) + SeenExtension);

    /// <summary>The folder of evidence against a log.</summary>
    public string ForkOf(string origin) => Path.Combine(folder, NameOf(origin) + ForkExtension);

    private string WaitingFolderOf(string origin) => Path.Combine(folder, NameOf(origin) + WaitingExtension);

    private static string WaitingNameOf(Checkpoint checkpoint) => string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Size:d19}-{Convert.ToHexStringLower(checkpoint.Root)[..NameDigits]}");

    private static string NameOf(string origin) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))[..NameDigits];

    private static Note Read(string file, string origin)
    {
        var note = Note.Read(BoundedFile.Read(file, Note.MaxBytes));
        return Checkpoint.Read(note.Text).Origin == origin ? note : throw new FormatException($"'{file}' is of another log");
    }

    private static T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("log", $"what was seen of a log cannot be used: {e.Message}", e);
        }
    }
}
