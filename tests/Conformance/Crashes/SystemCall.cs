using System.Text.RegularExpressions;

namespace PluginHost.Conformance.Crashes;

/// <summary>A system call of a traced process that changes files.</summary>
/// <param name="Thread">Who made it.</param>
/// <param name="Number">Which of that thread's calls of that name it is, from one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments as they were printed.</param>
/// <param name="Succeeded">Whether it did.</param>
internal sealed partial record SystemCall(int Thread, int Number, string Name, string Arguments, bool Succeeded)
{
    /// <summary>What is traced.</summary>
    public const string Traced = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,rmdir,unlink,unlinkat,symlink,symlinkat";

    /// <summary>The same, and what is sent to others.</summary>
    public const string TracedWithSockets = Traced + ",sendto,sendmsg";

    /// <summary>Whether it sends something to another process.</summary>
    public bool IsMessage => Name is "sendto" or "sendmsg";

    /// <summary>Texts among the arguments, and the paths of descriptors, in their order.</summary>
    public IReadOnlyList<byte[]> Texts => [.. TextForm().Matches(Arguments).Select(match => Convert.FromHexString(match.Value.Replace("\\x", "", StringComparison.Ordinal).Trim('"', '<', '>')))];

    public IReadOnlyList<string> Paths => [.. Texts.Select(System.Text.Encoding.UTF8.GetString)];

    /// <summary>Numbers at the end of the arguments.</summary>
    public long Number64(int fromEnd) => long.Parse(Arguments.Split(", ")[^fromEnd], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads a trace.</summary>
    public static List<SystemCall> Read(string path)
    {
        var (calls, pending, numbers) = (new List<SystemCall>(), new Dictionary<int, string>(), new Dictionary<(int Thread, string Name), int>());
        foreach (var line in File.ReadLines(path))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space <= 0 || !int.TryParse(line[..space], out var thread))
            {
                continue;
            }

            var rest = line[space..].Trim();
            if (rest.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                pending[thread] = rest[..rest.LastIndexOf('<')].TrimEnd();
                continue;
            }

            if (rest.StartsWith("<...", StringComparison.Ordinal) && pending.Remove(thread, out var begun))
            {
                rest = begun + rest[(rest.IndexOf('>', StringComparison.Ordinal) + 1)..].TrimStart(' ');
            }

            if (CallForm().Match(rest) is { Success: true } call)
            {
                var counted = (thread, call.Groups[1].Value);
                numbers[counted] = numbers.GetValueOrDefault(counted) + 1;
                calls.Add(new SystemCall(thread, numbers[counted], call.Groups[1].Value, call.Groups[2].Value, !call.Groups[3].Value.StartsWith('-')));
            }
        }

        return calls;
    }

    [GeneratedRegex(@"^(\w+)\((.*)\)\s+= (-?\w+)")]
    private static partial Regex CallForm();

    [GeneratedRegex("\"(\\\\x[0-9a-f]{2})*\"|<(\\\\x[0-9a-f]{2})*>")]
    private static partial Regex TextForm();
}
