namespace PluginHost.Scan;

/// <summary>A file of rules is malformed: nothing of it is used.</summary>
public sealed class YaraException : Exception
{
    internal YaraException(string file, int line, string problem)
        : base($"{file}:{line}: {problem}")
    {
        File = file;
        Line = line;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from one.</summary>
    public int Line { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }
}
