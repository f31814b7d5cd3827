namespace PluginHost;

/// <summary>Makes a method one that skills may be allowed to call.</summary>
/// <param name="name">Its name, for instance <c>acme_db.query</c>: what skills ask for under <c>[host]</c>, and import.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFunctionAttribute(string name) : Attribute
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;
}
