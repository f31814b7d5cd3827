namespace PluginHost.Skills;

/// <summary>What is wrong with a file that a person wrote, where, and how to mend it.</summary>
/// <param name="Code">The rule: the refusal's code, or that of a warning.</param>
/// <param name="File">The file within the package.</param>
/// <param name="Line">Its line, from one.</param>
/// <param name="Column">The column in that line, from one.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Advice">What to write instead.</param>
public sealed record SkillDiagnostic(string Code, string File, int Line, int Column, string Problem, string Advice)
{
    /// <summary>All of it on one line, as compilers write it.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Problem}{(Advice.Length > 0 ? $" ({Advice})" : "")}";
}
