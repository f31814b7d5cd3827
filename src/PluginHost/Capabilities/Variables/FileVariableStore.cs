using System.Text.Json;
using PluginHost.State;

namespace PluginHost.Capabilities.Variables;

/// <summary>
/// Variables in a file of the state directory. Read and replaced whole, under a lock between processes, so that all hosts on
/// one state see one order of changes.
/// </summary>
internal sealed class FileVariableStore(string path) : IVariableStore
{
    private const int MaxFileBytes = 64 * 1024 * 1024;
    private const string Rule = "variables";
    private readonly Lock _gate = new();

    public byte[]? Get(string key) => Use(values => (values.Find(key), false));

    public bool TrySet(string key, byte[] value, long maxBytes) => Use(values => values.TrySet(key, value, maxBytes) ? (true, true) : (false, false));

    public void Remove(string key) => Use(values => (0, values.Remove(key)));

    /// <summary>Reads, uses, and where something was changed writes.</summary>
    private T Use<T>(Func<VariableTable, (T Result, bool Changed)> use)
    {
        lock (_gate)
        {
            using var turn = FileLock.Acquire(path, Rule);
            try
            {
                var values = VariableTable.Of(File.Exists(path) ? Read() : []);
                var (result, changed) = use(values);
                if (changed)
                {
                    PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(values.Values));
                }

                return result;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new SkillStateException(Rule, $"the variables of a skill cannot be read or written: {e.Message}", e);
            }
        }
    }

    private Dictionary<string, byte[]> Read()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return file.Length <= MaxFileBytes
            ? JsonSerializer.Deserialize<Dictionary<string, byte[]>>(file) is { } values && !values.ContainsValue(null!)
                ? values
                : throw new JsonException("it holds nothing where a value belongs")
            : throw new IOException($"it has more than {MaxFileBytes} bytes");
    }
}
