using System.Collections.Immutable;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Secrets;
using PluginHost.Gate;
using PluginHost.Limits;

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

    /// <summary>Calls a tool of another skill.</summary>
    public Func<NestedCall, NestedOutcome> CallSkill { get; init; } = static _ => NestedOutcome.Failed("there are no other skills");

    /// <summary>What records call a call that was cancelled.</summary>
    public Func<string> Cancelled { get; init; } = static () => "cancelled";

    /// <summary>The call that this one is a part of; null for one of its own.</summary>
    public GuestCall? Parent { get; init; }

    /// <summary>What it may put on record; null for no bound but that of each call.</summary>
    public AuditQuota? Quota { get; init; }

    /// <summary>Done when the guest has ended and its memory is given back, which may be long after its caller was released.</summary>
    public Action Ended { get; init; } = static () => { };

    /// <summary>Where its guest comes from; null for a fresh one.</summary>
    public IGuestSource? Guests { get; init; }

    /// <summary>The secrets that its guest may remember from calls before; null for a fresh one.</summary>
    public SecretWatch? Watch { get; init; }

    /// <summary>What is counted while it runs; null for a bare module.</summary>
    public SkillMeter? Meter { get; init; }

    /// <summary>Ids of the skills that called each other, this one last.</summary>
    public ImmutableArray<string> Chain { get; init; } = [];

    /// <summary>What is wrong with what an Extism guest left as its output; null where nothing is.</summary>
    public Func<byte[], string?> CheckOutput { get; init; } = static _ => null;
}
