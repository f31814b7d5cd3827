namespace PluginHost;

/// <summary>
/// Says that a host function does nothing on a skill's behalf that a capability stands for: being granted the function is all that a skill needs. For whoever
/// reads the code, and for the analyzers (PHG001).
/// </summary>
/// <param name="reason">Why that is so.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NoCapabilityAttribute(string reason) : Attribute
{
    /// <summary>Why that is so.</summary>
    public string Reason { get; } = reason;
}
