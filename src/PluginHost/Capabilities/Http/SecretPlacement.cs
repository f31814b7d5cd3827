namespace PluginHost.Capabilities.Http;

/// <summary>Where in a request a secret goes.</summary>
internal enum SecretPlacement
{
    /// <summary>Into a header.</summary>
    Header,

    /// <summary>Into a parameter of the query.</summary>
    Query,

    /// <summary>Into the password of a user (RFC 7617).</summary>
    Basic,
}
