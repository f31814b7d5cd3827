namespace PluginHost.Skills.Chain;

/// <summary>What a narrator is allowed to say.</summary>
internal enum ChainRole
{
    /// <summary>That it made the skill.</summary>
    Author,

    /// <summary>That it built the skill.</summary>
    Builder,

    /// <summary>What it found in the skill.</summary>
    Auditor,

    /// <summary>For whom and what it answers.</summary>
    Voucher,
}
