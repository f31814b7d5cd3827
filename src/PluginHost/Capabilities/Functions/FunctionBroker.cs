using System.Runtime.ExceptionServices;
using PluginHost.Abi.Extism;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Capabilities.Functions;

/// <summary>Calls functions of the embedder for one call of a guest: demanded, recorded, and not outliving it unseen.</summary>
internal sealed class FunctionBroker(GuestCall call, string tool)
{
    public WasmValue? Call(HostFunctionBinding binding, ExtismMemory memory, ReadOnlySpan<WasmValue> arguments)
    {
        foreach (var required in binding.Required)
        {
            var held = call.Demand(
                required, $"host function {binding.Name}", call.Grant.Holds(required) ? $"required by host function {binding.Name}" : null,
                ($"the host function {binding.Name} requires {required}, of which the tool was granted nothing", $"a grant of {required} in skill.toml and assets/capabilities.toml"));
            held.Take(required, held.Resource);
            held.Close("ok");
        }

        var lease = call.Demand(
            Capability.HostFunction, binding.Name,
            call.Grant.HostFunctions.Contains(binding.Name) ? "listed under [host]" : null,
            ("the function is not granted", $"[host] with \"{binding.Name}\" among its functions in assets/capabilities.toml, among the tool's grants"));
        lease.Take(Capability.HostFunction, binding.Name);
        long bytes;
        Task? ended = null;
        WasmValue? value;
        var demands = new FunctionDemands(call, binding.Name);
        try
        {
            Func<ExtismMemory, WasmValue?> result;
            try
            {
                (ended, result, bytes) = binding.Begin(
                    memory, arguments, new HostFunctionCall(demands) { SkillId = call.Identity.Skill, Tool = tool, Context = call.Context, Cancellation = call.Stop });
                ended.Wait(call.Stop);
            }
            finally
            {
                demands.End();
            }

            value = demands.Denial is null ? result(memory) : throw demands.Denial;
        }
        catch (OperationCanceledException) when (call.Stop.IsCancellationRequested)
        {
            lease.Close(ended is null or { IsCompleted: true } ? "cancelled" : "cancelled, and goes on: its end is not known yet");
            if (ended is { IsCompleted: false })
            {
                _ = ended.ContinueWith(
                    task => lease.CloseLate($"ended after its call: {task.Exception?.InnerException?.GetType().Name ?? "ok"}"),
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            throw;
        }
        catch (Exception) when (demands.Denial is not null)
        {
            lease.Close($"denied: {demands.Denial.Capability}");
            ExceptionDispatchInfo.Throw(demands.Denial);
            throw;
        }
        catch (ExtismErrorException e)
        {
            lease.Close("failed: " + e.Message);
            throw;
        }
        catch (Exception e)
        {
            var cause = e is AggregateException { InnerException: { } inner } ? inner : e;
            lease.Close("failed: " + cause.GetType().Name);
            throw new HostFunctionFailedException(binding.Name, cause);
        }

        lease.Close(call.Stop.IsCancellationRequested ? "ok, but its call had been told to stop before" : "ok", 0, bytes);
        return value;
    }
}
