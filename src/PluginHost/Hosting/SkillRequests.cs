using System.Collections.Immutable;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Consent;
using PluginHost.Gate;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost.Hosting;

/// <summary>Writes down what a call of a tool gets: its grant, its limits and its surroundings.</summary>
internal sealed class SkillRequests(
    HostServices services,
    SkillIdentity identity,
    SkillFiles files,
    SkillMeter meter,
    Func<string> cancelled,
    ImmutableDictionary<string, string> config,
    ImmutableDictionary<string, ToolSchemas> schemas)
{
    /// <summary>What a 32-bit memory can hold.</summary>
    private const long MostMemory = 1L << 32;

    /// <summary>The stack that it runs on, as far as most guests use it, and what the host writes down of the call.</summary>
    private const long AroundAGuest = 8L << 20;

    /// <summary>The caller's, the guest's and one in between; of a program's output while it grows as many.</summary>
    private const int Copies = 3;

    /// <summary>What the memories and tables of a guest may take.</summary>
    public static long Guest(long memoryBytes, long tableBytes) => Math.Min(memoryBytes, MostMemory) + tableBytes;

    /// <summary>What a call may take of the host's memory at most: the guest's, that of the interface, and copies of what goes in and comes out.</summary>
    /// <param name="tool">What is called.</param>
    /// <param name="input">Its input.</param>
    /// <param name="tableBytes">What the tables of its guest may take.</param>
    /// <param name="isInSession">Whether a session has reserved that of the guest already.</param>
    public static long Reservation(ToolGrant tool, ReadOnlyMemory<byte> input, long tableBytes, bool isInSession)
    {
        var guest = isInSession ? 0 : Guest(tool.Limits.MemoryBytes, tableBytes);
        var shared = tool.Code.Abi == GuestAbi.Extism ? Math.Min(tool.Limits.MemoryBytes, ExtismMemory.Most) : 0;
        var printed = tool.Code.Abi == GuestAbi.Wasi ? tool.Grant.StdioBytes : 0;
        return guest + shared + (Copies * (input.Length + printed)) + AroundAGuest;
    }

    /// <summary>One call.</summary>
    /// <param name="tool">What is called.</param>
    /// <param name="input">Its input.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="output">What a program prints.</param>
    /// <param name="error">What it prints as errors.</param>
    public GuestRequest Of(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, MemoryStream output, MemoryStream error)
    {
        var id = tool.Code.Tool.Id;
        var isProgram = tool.Code.Abi == GuestAbi.Wasi;
        return new GuestRequest
        {
            Identity = identity,
            Tool = id,
            Entry = GuestEntry.Of(tool.Code.Export, tool.Code.Abi),
            Grant = tool.Grant with { Files = files.Of(tool.Roots) },
            Limits = tool.Limits,
            Context = context,
            Quota = files.State.Quota,
            Meter = meter,
            CallSkill = services.CallSkill,
            Cancelled = cancelled,
            Chain = [identity.Skill],
            CheckOutput = guest => schemas[id].CheckOutput(isProgram ? output.ToArray() : guest),
            Program = new WasiProgram
            {
                Arguments = [id],
                Input = isProgram ? new MemoryStream(input.ToArray(), writable: false) : Stream.Null,
                Output = output,
                Error = error,
                Time = services.Time,
            },
            Extism = new ExtismSettings
            {
                Input = isProgram ? [] : input.ToArray(),
                Config = config,
                Variables = files.State.Variables,
                Log = (level, text) => services.Log(new SkillLogMessage(identity.Skill, id, level, text)),
                Resolve = services.Resolve,
                Retry = services.Retry,
                Memory = services.Calls.TakeMemory,
                Secrets = services.Secrets,
            },
        };
    }
}
