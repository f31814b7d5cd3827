namespace PluginHost.Library;

/// <summary>A secret that an installed skill asks for.</summary>
internal sealed record InstalledSecret(string Scope, string Key);
