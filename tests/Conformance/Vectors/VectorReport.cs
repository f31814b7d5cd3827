namespace PluginHost.Conformance.Vectors;

/// <summary>Counts cases, and names those that failed.</summary>
internal sealed class VectorReport(TextWriter output)
{
    private int _passed;
    private int _failed;

    /// <param name="name">The case.</param>
    /// <param name="problem">What was wrong; null where nothing was.</param>
    public void Add(string name, string? problem)
    {
        if (problem is null)
        {
            _passed++;
            return;
        }

        _failed++;
        output.WriteLine($"  {name}: {problem}");
    }

    /// <summary>Says what cannot be judged here.</summary>
    public void Skip(string name, string reason) => output.WriteLine($"  skipped: {name}: {reason}");

    /// <returns>The exit code.</returns>
    public int End()
    {
        output.WriteLine($"{_passed} passed, {_failed} failed");
        return _failed == 0 && _passed > 0 ? 0 : 1;
    }
}
