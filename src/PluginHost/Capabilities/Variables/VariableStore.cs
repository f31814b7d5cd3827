namespace PluginHost.Capabilities.Variables;

/// <summary>Variables in memory.</summary>
internal sealed class VariableStore : IVariableStore
{
    private readonly Lock _gate = new();
    private readonly VariableTable _values = VariableTable.Of([]);

    public byte[]? Get(string key)
    {
        lock (_gate)
        {
            return _values.Find(key);
        }
    }

    public bool TrySet(string key, byte[] value, long maxBytes)
    {
        lock (_gate)
        {
            return _values.TrySet(key, value, maxBytes);
        }
    }

    public void Remove(string key)
    {
        lock (_gate)
        {
            _values.Remove(key);
        }
    }
}
