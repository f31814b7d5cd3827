using PluginHost.Capabilities;
using PluginHost.Capabilities.Functions;

namespace PluginHost;

/// <summary>Who calls a host function, and what it may do on that one's behalf. A function may take it as a parameter.</summary>
public sealed class HostFunctionCall
{
    private readonly FunctionDemands _demands;

    internal HostFunctionCall(FunctionDemands demands)
    {
        _demands = demands;
        Files = new HostFunctionFiles(demands);
    }

    /// <summary>The skill.</summary>
    public required string SkillId { get; init; }

    /// <summary>The tool that runs.</summary>
    public required string Tool { get; init; }

    /// <summary>On whose behalf.</summary>
    public required CallContext Context { get; init; }

    /// <summary>Cancelled when the call of the tool has to stop. What goes on after that is on record.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <summary>The files that the tool was granted, by the paths under which the skill sees them.</summary>
    public HostFunctionFiles Files { get; }

    /// <summary>
    /// Demands that the tool was granted a resource, on record, before the function touches it on the skill's behalf. Use what this returns, not
    /// what was passed: it is the form that was compared with the grants.
    /// </summary>
    /// <param name="capability">What the function is about to do.</param>
    /// <param name="resource">
    /// On what: for <see cref="Capability.HttpEgress"/> a URL, or a method, a blank and a URL; for files a path as the skill sees it; else
    /// the name of the secret (<c>scope/key</c>), of the environment variable, of the host function or of the tool.
    /// </param>
    /// <returns>The resource in canonical form: for <see cref="Capability.HttpEgress"/> the URL alone.</returns>
    /// <exception cref="CapabilityDeniedException">It is not granted. Let it go: the call of the tool ends with it.</exception>
    /// <exception cref="InvalidOperationException">The call of the tool has ended.</exception>
    public string Demand(Capability capability, string resource)
    {
        ArgumentNullException.ThrowIfNull(capability);
        ArgumentNullException.ThrowIfNull(resource);
        return _demands.Demand(capability, resource);
    }
}
