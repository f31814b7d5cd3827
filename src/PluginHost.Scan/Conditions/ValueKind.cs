namespace PluginHost.Scan.Conditions;

/// <summary>What kind of value a part of a condition has, whatever it is evaluated on.</summary>
internal enum ValueKind
{
    /// <summary>A fact from outside of which nobody said so.</summary>
    Unknown,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction.</summary>
    Float,

    /// <summary>A text.</summary>
    Text,

    /// <summary>True or false: that is no value that could be compared or reckoned with.</summary>
    Truth,
}
