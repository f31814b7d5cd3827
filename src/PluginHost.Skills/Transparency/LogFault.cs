namespace PluginHost.Skills.Transparency;

/// <summary>What was read of a log has the form that it should have, and breaks a rule.</summary>
/// <param name="rule">The rule.</param>
/// <param name="message">What does not hold.</param>
internal sealed class LogFault(string rule, string message) : FormatException(message)
{
    /// <summary>Tiles or entries do not make the tree.</summary>
    public const string Consistency = "consistency";

    /// <summary>A signature of a known key does not hold.</summary>
    public const string Signature = "signature";

    public string Rule => rule;
}
