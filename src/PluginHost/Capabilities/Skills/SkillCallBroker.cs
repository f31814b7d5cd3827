using System.Collections.Immutable;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Gate;
using PluginHost.Sandbox;
using PluginHost.Wasm;

namespace PluginHost.Capabilities.Skills;

/// <summary>Calls tools of other skills for one call of a guest.</summary>
internal sealed class SkillCallBroker(GuestCall call, ExtismMemory memory, Func<NestedCall, NestedOutcome> callSkill, ImmutableArray<string> chain, long memoryLimit)
{
    /// <summary>Skills that may stand one above the other.</summary>
    private const int MaxDepth = 4;

    private const long Failed = -1;

    private string _error = "";

    /// <summary>Calls a tool.</summary>
    /// <returns>A block with its output, 0 for an empty one, −1 where it failed.</returns>
    public long Call(Store store, long toolHandle, long inputHandle)
    {
        var tool = Encoding.UTF8.GetString(memory.Read(toolHandle) ?? throw new ExtismErrorException("invalid handle offset for the tool"));
        var input = inputHandle == 0 ? [] : memory.Read(inputHandle) ?? throw new ExtismErrorException("invalid handle offset for the input of the tool");
        var lease = call.Demand(
            Capability.SkillCall, tool, call.Grant.CalledTools.Contains(tool) ? "listed under [calls]" : null,
            ("the tool is not granted", $"[calls] with \"{tool}\" among its tools in assets/capabilities.toml, among the tool's grants"));
        lease.Take(Capability.SkillCall, tool);
        NestedOutcome outcome;
        try
        {
            outcome = chain.Length >= MaxDepth
                ? NestedOutcome.Failed($"skills call each other more than {MaxDepth} deep")
                : callSkill(new NestedCall(tool, input, call, chain, store.Fuel, memoryLimit - store.MemoryBytes - memory.Size));
        }
        catch (Exception e)
        {
            lease.Close("failed: " + e.GetType().Name);
            throw;
        }

        store.Fuel -= Math.Min(outcome.Fuel, store.Fuel);
        lease.Close(outcome.Output is null ? "failed" : "ok", outcome.Output?.Length ?? 0, input.Length);
        call.Stop.ThrowIfCancellationRequested();
        _error = outcome.Error;
        if (outcome.Output is not { } output)
        {
            return Failed;
        }

        var block = memory.Allocate(output);
        if (block == 0 && output.Length > 0)
        {
            _error = "the output does not fit into the guest's memory";
            return Failed;
        }

        return block;
    }

    /// <summary>A block with why the last call failed; 0 where it did not.</summary>
    public long Error() => memory.Allocate(Encoding.UTF8.GetBytes(_error));
}
