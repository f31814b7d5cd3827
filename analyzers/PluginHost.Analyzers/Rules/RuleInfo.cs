namespace PluginHost.Analyzers.Rules;

/// <summary>What the descriptors of all rules share.</summary>
internal static class RuleInfo
{
    public const string Capabilities = "PluginHost.Capabilities";
    public const string Gate = "PluginHost.Gate";
    public const string Limits = "PluginHost.Limits";
    public const string Audit = "PluginHost.Audit";
    public const string Help = "https://github.com/pluginhost/pluginhost/blob/main/docs/rules/";
}
