namespace PluginHost;

/// <summary>
/// Says that a host function does on a skill's behalf what a capability stands for: the skill must hold that capability, too,
/// for whatever resource.
/// </summary>
/// <param name="capability">Name of the capability, for instance <c>http.egress</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequiresCapabilityAttribute(string capability) : Attribute
{
    /// <summary>Name of the capability.</summary>
    public string Capability { get; } = capability;
}
