namespace PluginHost.Capabilities.Variables;

/// <summary>Variables of a guest, which live on between calls on the host's side.</summary>
internal sealed class VariableStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private long _bytes;

    public byte[]? Get(string key)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(key);
        }
    }

    /// <param name="key">Name of the variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="maxBytes">Bytes that the store may hold afterwards, keys included.</param>
    /// <returns>False where the store is full; nothing is changed then.</returns>
    public bool TrySet(string key, byte[] value, long maxBytes)
    {
        lock (_gate)
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
    }

    public void Remove(string key)
    {
        lock (_gate)
        {
            if (_values.Remove(key, out var old))
            {
                _bytes -= Size(key, old);
            }
        }
    }

    private static long Size(string key, byte[] value) => (2L * key.Length) + value.Length;
}
