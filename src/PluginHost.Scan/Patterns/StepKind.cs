namespace PluginHost.Scan.Patterns;

/// <summary>What a step of an automaton does.</summary>
internal enum StepKind : byte
{
    /// <summary>Goes on at two steps.</summary>
    Split,

    /// <summary>Takes a byte.</summary>
    Byte,

    /// <summary>Asks where it is.</summary>
    Place,

    /// <summary>Has found a match.</summary>
    Match,
}
