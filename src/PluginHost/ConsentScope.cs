namespace PluginHost;

/// <summary>How long a consent counts.</summary>
public enum ConsentScope
{
    /// <summary>For this load.</summary>
    Once,

    /// <summary>For every load of these bytes with the same request, as long as the host lives.</summary>
    Session,

    /// <summary>For every load of these bytes with the same request, recorded in the state directory, until it expires.</summary>
    Always,
}
