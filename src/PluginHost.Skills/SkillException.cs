namespace PluginHost.Skills;

/// <summary>The gate, or a room of it, said no. Messages never hold secrets, bodies or the content of files.</summary>
public abstract class SkillException : Exception
{
    private protected SkillException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable code <c>room.rule</c>, listed in <c>docs/errors.md</c>.</summary>
    public string Code { get; }
}
