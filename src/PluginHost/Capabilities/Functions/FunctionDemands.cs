using PluginHost.Capabilities.Http;
using PluginHost.Gate;

namespace PluginHost.Capabilities.Functions;

/// <summary>
/// What a function of the embedder may demand on behalf of the call that it serves: by the same grants, on the same record.
/// Whatever thread it comes from, one at a time, and nothing any more once the guest's own thread goes on.
/// </summary>
internal sealed class FunctionDemands(GuestCall call, string function)
{
    private readonly Lock _gate = new();
    private bool _ended;

    /// <summary>The first denial. The call ends with it, whatever the function made of the exception.</summary>
    public CapabilityDeniedException? Denial { get; private set; }

    /// <summary>Demands a resource and says what it is called in canonical form.</summary>
    /// <exception cref="CapabilityDeniedException">It is not granted.</exception>
    public string Demand(Capability capability, string resource) => Run(_ =>
    {
        if (capability == Capability.FilesystemRead || capability == Capability.FilesystemWrite)
        {
            var path = FunctionPath.Find(call.Grant, resource);
            if (path.Demand(call, capability) is { } files)
            {
                Close(files);
            }

            return path.Canonical;
        }

        if (capability == Capability.HttpEgress)
        {
            return DemandRequest(resource);
        }

        if (capability.IsQuiet)
        {
            call.DemandQuiet(capability, resource, call.Grant.Holds(capability), 0, $"{capability} is withdrawn");
        }
        else
        {
            Close(call.Demand(
                capability, resource, Names(capability).Contains(resource) ? "granted by name" : null,
                ($"it is not granted to the tool, for which the host function {function} asked", $"\"{resource}\" among the tool's grants of {capability}")));
        }

        return resource;
    });

    /// <summary>Does something while the call is sure to wait for it.</summary>
    public T Run<T>(Func<GuestCall, T> effect)
    {
        lock (_gate)
        {
            if (_ended)
            {
                throw new InvalidOperationException($"the call that the host function {function} served has ended");
            }

            try
            {
                return effect(call);
            }
            catch (CapabilityDeniedException e)
            {
                Denial ??= e;
                throw;
            }
        }
    }

    /// <summary>From now on the call belongs to the guest's thread again.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }
    }

    private string DemandRequest(string resource)
    {
        var (method, url) = resource.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank ? (resource[..blank], resource[(blank + 1)..]) : ("GET", resource);
        if (HttpTarget.Parse(method, url) is not { } target)
        {
            throw call.Refuse(Capability.HttpEgress, HttpTarget.Unreadable(method, url), "this is no URL that can be granted", "none: it has to be an absolute URL of http or https");
        }

        var refusals = call.Grant.Http.Select(grant => (Grant: grant, Reason: grant.Refuses(target))).ToList();
        var rule = refusals.Find(refusal => refusal.Reason is null).Grant is { } fits ? $"grant for {fits.Scheme}://{fits.Host}:{fits.Port}{fits.PathPrefix}" : null;
        var nearest = refusals.OrderByDescending(refusal => refusal.Reason?.Fits ?? 0).FirstOrDefault();
        Close(call.Demand(Capability.HttpEgress, target.Resource, rule, (nearest.Reason?.Rule ?? "the host is not granted", HttpAdvice.For(target, call.Grant)), nearest.Grant?.Place));
        return target.Uri.AbsoluteUri;
    }

    private IEnumerable<string> Names(Capability capability) =>
        capability == Capability.SecretsUse ? call.Grant.Secrets
        : capability == Capability.SecretsRead ? call.Grant.ReadableSecrets
        : capability == Capability.Environment ? call.Grant.Environment.Keys
        : capability == Capability.HostFunction ? call.Grant.HostFunctions
        : capability == Capability.SkillCall ? call.Grant.CalledTools
        : [];

    /// <summary>What the function does with it is part of its own outcome.</summary>
    private void Close(CapabilityLease lease)
    {
        lease.Take(lease.Capability, lease.Resource);
        lease.Close($"left to host function {function}");
    }
}
