using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities;
using PluginHost.Gate;

namespace PluginHost.Sandbox;

/// <summary>One call of a guest: who, what, with which rights and limits.</summary>
internal sealed record GuestRequest
{
    public required SkillIdentity Identity { get; init; }

    public required GuestEntry Entry { get; init; }

    /// <summary>What is called, as records name it.</summary>
    public string Tool { get => field ?? Entry.Export; init; }

    public required EffectiveGrant Grant { get; init; }

    public GuestLimits Limits { get; init; } = new();

    public CallContext Context { get; init; } = CallContext.None;

    /// <summary>What a WASI program, or a guest that also imports WASI, is started with.</summary>
    public WasiProgram Program { get; init; } = new() { Arguments = [], Input = Stream.Null, Output = Stream.Null, Error = Stream.Null };

    public ExtismSettings Extism { get; init; } = new();
}
