namespace PluginHost.Sandbox;

/// <summary>A module cannot be run at all.</summary>
internal sealed class ModuleLoadException(string rule, string message, Exception inner) : SkillException("inspection." + rule, message, inner);
