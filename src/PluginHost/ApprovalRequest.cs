using PluginHost.Hosting;

namespace PluginHost;

/// <summary>A call that waits for somebody to allow it. Texts and input may have been chosen by a publisher or a model.</summary>
public sealed record ApprovalRequest
{
    internal ApprovalRequest()
    {
    }

    /// <summary>The skill.</summary>
    public required string SkillId { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Lower hex SHA-256 over everything that is signed.</summary>
    public required string PayloadDigest { get; init; }

    /// <summary>The tool.</summary>
    public required SkillTool Tool { get; init; }

    /// <summary>Its input.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>On whose behalf it is called.</summary>
    public required CallContext Context { get; init; }

    /// <summary>The request as one line for a person, safe to print; of the input only its size.</summary>
    public override string ToString() => Printable.Text($"{SkillId} {Version} asks to run {Tool.Id} ({Tool.Name}) with {Input.Length} bytes of input");
}
