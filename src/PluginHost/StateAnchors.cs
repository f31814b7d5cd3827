using System.Text;
using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost;

/// <summary>Anchors for state directories.</summary>
public static class StateAnchors
{
    private const int MaxBytes = 4096;

    /// <summary>A file elsewhere, replaced at once by each new mark.</summary>
    public static IStateAnchor File(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var full = Path.GetFullPath(path);
        return Text(
            () => System.IO.File.Exists(full) ? Encoding.UTF8.GetString(BoundedFile.Read(full, MaxBytes)) : null,
            text => PrivateFiles.Replace(full, Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Wherever a text can be kept, for instance a vault.</summary>
    /// <param name="read">The text that was kept last; null where there never was one.</param>
    /// <param name="write">Keeps a text.</param>
    public static IStateAnchor Text(Func<string?> read, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(write);
        return new TextAnchor(read, write);
    }

    private sealed class TextAnchor(Func<string?> read, Action<string> write) : IStateAnchor
    {
        public StateMark? Read() => read() is { } text ? StateMark.FromJson(text) : null;

        public void Write(StateMark mark) => write(mark.ToJson());
    }
}
