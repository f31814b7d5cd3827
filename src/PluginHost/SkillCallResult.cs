using System.Text;

namespace PluginHost;

/// <summary>What a tool answered.</summary>
public sealed record SkillCallResult
{
    /// <summary>The output, as the guest left it: nothing in it can be trusted.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>What a WASI program wrote to standard error.</summary>
    public string StandardError { get; init; } = "";

    /// <summary>What the call used.</summary>
    public required SkillCallReceipt Receipt { get; init; }

    /// <summary>The output read as UTF-8, with U+FFFD for what is none.</summary>
    public string Text => Encoding.UTF8.GetString(Output.Span);
}
