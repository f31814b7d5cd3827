namespace PluginHost.Capabilities.Variables;

/// <summary>Variables of a guest, which live on between calls on the host's side.</summary>
internal interface IVariableStore
{
    byte[]? Get(string key);

    /// <param name="key">Name of the variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="maxBytes">Bytes that the store may hold afterwards, keys included.</param>
    /// <returns>False where the store is full; nothing is changed then.</returns>
    bool TrySet(string key, byte[] value, long maxBytes);

    void Remove(string key);
}
