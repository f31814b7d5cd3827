using System.Runtime.Versioning;

namespace PluginHost.Conformance.Crashes;

/// <summary>
/// A directory as a machine would find it that lost its power: content of a file counts once the file was flushed, names in a directory once the directory
/// was. Whatever was not may be lost, and here it always is.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DurableTree
{
    private readonly string _root;
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Node _top = Node.Folder();

    /// <param name="root">A directory that is durable as it is.</param>
    public DurableTree(string root)
    {
        _root = root;
        _names[root] = _top;
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Order(StringComparer.Ordinal))
        {
            var link = new FileInfo(path).LinkTarget;
            Add(path, link is not null ? Node.Link(link) : Directory.Exists(path) ? Node.Folder() : Node.File(File.ReadAllBytes(path)));
        }

        foreach (var node in _names.Values)
        {
            node.Flush();
        }
    }

    public bool Holds(string path) => path == _root || path.StartsWith(_root + "/", StringComparison.Ordinal);

    /// <summary>Does what a system call did.</summary>
    /// <returns>Whether it touched the directory.</returns>
    public bool Apply(SystemCall call)
    {
        var paths = call.Paths;
        if (!call.Succeeded || !paths.Any(Holds))
        {
            return false;
        }

        switch (call.Name)
        {
            case "openat":
                var name = paths[^1];
                if (!call.Arguments.Contains("O_CREAT", StringComparison.Ordinal) || _names.ContainsKey(name))
                {
                    return false;
                }

                Add(name, Node.File([]));
                break;
            case "pwrite64":
                _names[paths[0]].Write(call.Texts[1], call.Number64(1));
                break;
            case "write":
                _names[paths[0]].Write(call.Texts[1], _names[paths[0]].Length);
                break;
            case "ftruncate":
                _names[paths[0]].Cut(call.Number64(1));
                break;
            case "fsync" or "fdatasync":
                _names[paths[0]].Flush();
                break;
            case "rename" or "renameat" or "renameat2":
                var named = paths.Where(Holds).ToList();
                Move(named[0], named[^1]);
                break;
            case "mkdir" or "mkdirat":
                Add(paths[^1], Node.Folder());
                break;
            case "symlink" or "symlinkat":
                Add(paths[^1], Node.Link(paths[0]));
                break;
            case "unlink" or "unlinkat" or "rmdir":
                Drop(paths[^1]);
                break;
        }

        return true;
    }

    /// <summary>What is left now, to be laid out later.</summary>
    /// <param name="flushedOnly">Whether what was not flushed is lost.</param>
    public Action<string> Snapshot(bool flushedOnly) => _top.Snapshot(flushedOnly);

    private void Add(string path, Node node)
    {
        _names[path] = node;
        _names[Path.GetDirectoryName(path)!].Names[Path.GetFileName(path)] = node;
    }

    private void Drop(string path)
    {
        _names.Remove(path);
        _names[Path.GetDirectoryName(path)!].Names.Remove(Path.GetFileName(path));
    }

    private void Move(string from, string to)
    {
        var moved = _names.Where(pair => pair.Key == from || pair.Key.StartsWith(from + "/", StringComparison.Ordinal)).ToList();
        var node = _names[from];
        Drop(from);
        foreach (var (path, child) in moved)
        {
            _names.Remove(path);
            _names[to + path[from.Length..]] = child;
        }

        Add(to, node);
    }

    private sealed class Node
    {
        private byte[] _content = [];
        private byte[] _flushed = [];
        private Dictionary<string, Node> _flushedNames = new(StringComparer.Ordinal);
        private string? _target;
        private bool _isFolder;

        public Dictionary<string, Node> Names { get; } = new(StringComparer.Ordinal);

        public long Length => _content.Length;

        public static Node Folder() => new() { _isFolder = true };

        public static Node Link(string target) => new() { _target = target };

        public static Node File(byte[] content) => new() { _content = content };

        public void Write(byte[] bytes, long at)
        {
            var content = new byte[Math.Max(_content.Length, at + bytes.Length)];
            _content.CopyTo(content, 0);
            bytes.CopyTo(content, at);
            _content = content;
        }

        public void Cut(long length) => Array.Resize(ref _content, (int)length);

        public void Flush()
        {
            _flushed = _content;
            _flushedNames = new(Names, StringComparer.Ordinal);
        }

        public Action<string> Snapshot(bool flushedOnly)
        {
            if (_target is not null)
            {
                return path => System.IO.File.CreateSymbolicLink(path, _target);
            }

            if (_isFolder)
            {
                var names = (flushedOnly ? _flushedNames : Names).Select(pair => (pair.Key, Make: pair.Value.Snapshot(flushedOnly))).ToList();
                return path =>
                {
                    Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                    names.ForEach(one => one.Make(Path.Combine(path, one.Key)));
                };
            }

            // Content is replaced, never changed in place, so it can be kept as it is.
            var content = (flushedOnly ? _flushed : _content).AsMemory();
            return path =>
            {
                System.IO.File.WriteAllBytes(path, content.ToArray());
                System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            };
        }
    }
}
