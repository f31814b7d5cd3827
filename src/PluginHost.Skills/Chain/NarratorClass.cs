namespace PluginHost.Skills.Chain;

/// <summary>How far a narrator is believed, in the words of those who graded chains first.</summary>
internal enum NarratorClass
{
    /// <summary>Revoked or distrusted (<c>matruk</c>).</summary>
    Rejected,

    /// <summary>Unknown (<c>majhul</c>).</summary>
    Unknown,

    /// <summary>Some trust reaches it (<c>saduq</c>).</summary>
    Honest,

    /// <summary>The operator's own word, or much trust (<c>thiqa</c>).</summary>
    Trustworthy,
}
