using PluginHost.Audit;
using PluginHost.Limits;
using PluginHost.Sandbox;

namespace PluginHost.Tests;

/// <summary>Calls bare modules as the host does, within their time.</summary>
internal static class GuestCalls
{
    private static readonly CallPipeline Pipeline = new(TimeProvider.System);
    private static readonly EngineThreads Threads = new(64);

    public static GuestResult Call(this SandboxedModule module, AuditLog audit, GuestRequest request, CancellationToken cancellation) =>
        Pipeline.ExecuteAsync(request.Limits.Time, deadline => module.CallAsync(Threads, audit, request, deadline, cancellation), cancellation).GetAwaiter().GetResult();
}
