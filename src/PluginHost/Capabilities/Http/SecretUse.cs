namespace PluginHost.Capabilities.Http;

/// <summary>Where the host puts a secret into requests. The guest never holds the value.</summary>
/// <param name="Name">The secret, <c>scope/key</c>.</param>
/// <param name="Header">Name of the header.</param>
/// <param name="Prefix">Text before the value, for instance <c>Bearer </c>.</param>
internal sealed record SecretUse(string Name, string Header, string Prefix);
