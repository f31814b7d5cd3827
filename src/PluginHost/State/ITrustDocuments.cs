namespace PluginHost.State;

/// <summary>Palyra's trust store and the ledger beside it, where they are no files.</summary>
internal interface ITrustDocuments
{
    /// <summary>Both at one moment.</summary>
    /// <exception cref="SkillStateException">They cannot be read.</exception>
    (byte[] Store, byte[] Ledger) Read();

    /// <summary>Changes both or none, in turn with others.</summary>
    /// <param name="change">Says what they become; null for nothing.</param>
    /// <exception cref="SkillStateException">They cannot be read or written.</exception>
    void Change(Func<byte[], byte[], (byte[] Store, byte[] Ledger)?> change);
}
