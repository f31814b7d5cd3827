namespace PluginHost.Agents;

/// <summary>Two tools would have one name, and a model that called it could mean either.</summary>
public sealed class ToolCollisionException : InvalidOperationException
{
    internal ToolCollisionException(string name, IReadOnlyList<string> tools)
        : base($"the tools {string.Join(", ", tools.Select(tool => $"'{tool}'"))} would both be called '{name}'")
    {
        Name = name;
        Tools = tools;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The skills and tools that would have it.</summary>
    public IReadOnlyList<string> Tools { get; }
}
