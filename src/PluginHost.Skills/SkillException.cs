namespace PluginHost.Skills;

/// <summary>The gate, or a room of it, said no. Messages never hold secrets, bodies or the content of files.</summary>
public abstract class SkillException : Exception
{
    private protected SkillException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable code <c>room.rule</c>, listed in <c>docs/errors.md</c>.</summary>
    public string Code { get; }

    /// <summary>
    /// What a model may be told: the code and one neutral sentence. Never the message, which may tell how a grant would have to look
    /// that allows it, or hold what a publisher or a guest wrote.
    /// </summary>
    public string ForModel => Code + Code.Split('.')[0] switch
    {
        "capability" => ": the tool tried something that it is not allowed to do.",
        "limit" => ": the tool used more than it may, or too much runs already.",
        "trap" => ": the tool failed.",
        "guest" => ": the tool reported failure, or its input or output has the wrong form.",
        "consent" => ": nobody has allowed this.",
        "state" => ": the host cannot do this now.",
        _ => ": the tool was refused.",
    };
}
