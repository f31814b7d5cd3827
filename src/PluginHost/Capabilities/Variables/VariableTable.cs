namespace PluginHost.Capabilities.Variables;

/// <summary>Variables and what they take, keys included. Not for several threads at once.</summary>
internal sealed class VariableTable
{
    private readonly Dictionary<string, byte[]> _values;
    private long _bytes;

    private VariableTable(Dictionary<string, byte[]> values)
    {
        _values = new Dictionary<string, byte[]>(values, StringComparer.Ordinal);
        _bytes = _values.Sum(pair => Size(pair.Key, pair.Value));
    }

    public IReadOnlyDictionary<string, byte[]> Values => _values;

    public static VariableTable Of(Dictionary<string, byte[]> values) => new(values);

    public byte[]? Find(string key) => _values.GetValueOrDefault(key);

    /// <returns>False where there is no room; nothing is changed then.</returns>
    public bool TrySet(string key, byte[] value, long maxBytes)
    {
        var bytes = _bytes + Size(key, value) - (_values.TryGetValue(key, out var old) ? Size(key, old) : 0);
        if (bytes > maxBytes)
        {
            return false;
        }

        _values[key] = value;
        _bytes = bytes;
        return true;
    }

    /// <returns>Whether there was one.</returns>
    public bool Remove(string key)
    {
        if (!_values.Remove(key, out var old))
        {
            return false;
        }

        _bytes -= Size(key, old);
        return true;
    }

    private static long Size(string key, byte[] value) => (2L * key.Length) + value.Length;
}
