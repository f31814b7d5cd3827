using System.Collections.Immutable;
using PluginHost.Capabilities;
using PluginHost.Consent;
using PluginHost.Hosting;

namespace PluginHost;

/// <summary>
/// What a tool may do: what the signed manifest asks for, somebody consented to and the host's policy allows. Immutable; what is
/// not in it is denied.
/// </summary>
public sealed class SkillGrant
{
    private readonly ImmutableArray<GrantedItem> _items;

    private SkillGrant(ImmutableArray<GrantedItem> items) => _items = items;

    /// <summary>Everything that it holds.</summary>
    public IReadOnlyList<GrantedCapability> Items => [.. _items.Select(item => item.Shown)];

    /// <summary>Whether whoever has the other may do everything that this one allows.</summary>
    public bool IsSubsetOf(SkillGrant other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Except(other).Count == 0;
    }

    /// <summary>What this one allows and the other does not, each thing compared with each: several narrower ones together cover no wider one.</summary>
    public IReadOnlyList<GrantedCapability> Except(SkillGrant other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. _items.Where(item => !other._items.Any(theirs => theirs.Covers(item))).Select(item => item.Shown)];
    }

    /// <summary>A line for each thing, safe to print.</summary>
    public override string ToString() =>
        string.Join('\n', _items.Select(item => Printable.Text($"{item.Shown.Capability}  {item.Shown.Resource}{(item.Shown.Detail.Length > 0 ? $"  ({item.Shown.Detail})" : "")}")));

    internal static SkillGrant Of(ToolGrant tool) => new([.. ItemsOf(tool)]);

    private static IEnumerable<GrantedItem> ItemsOf(ToolGrant tool)
    {
        var grant = tool.Grant;
        foreach (var http in grant.Http)
        {
            var details = new[]
            {
                http.Methods.IsEmpty ? "any method" : string.Join(", ", http.Methods),
                http.FollowsRedirects ? "follows redirects" : "",
                http.Secret is { } secret ? $"with secret {secret.Name} as {secret.Placement.ToString().ToLowerInvariant()} {secret.Target}" : "",
            };
            yield return Item(Capability.HttpEgress, $"{http.Scheme}://{http.Host}:{http.Port}{http.PathPrefix}", string.Join("; ", details.Where(detail => detail.Length > 0))) with { Http = http };
        }

        foreach (var root in tool.Roots)
        {
            yield return Item(root.CanWrite ? Capability.FilesystemWrite : Capability.FilesystemRead, "/" + root.Path, root.MaxBytes is { } bytes ? $"at most {bytes} bytes" : "") with
            {
                Amount = root.MaxBytes,
                IsWritable = root.CanWrite,
            };
        }

        foreach (var (capability, names) in new (Capability, IEnumerable<string>)[]
        {
            (Capability.SecretsUse, grant.Secrets), (Capability.SecretsRead, grant.ReadableSecrets), (Capability.Environment, grant.Environment.Keys),
            (Capability.HostFunction, grant.HostFunctions), (Capability.SkillCall, grant.CalledTools),
        })
        {
            foreach (var name in names)
            {
                yield return Item(capability, name, "");
            }
        }

        foreach (var (capability, amount) in new[]
        {
            (Capability.Variables, grant.VariableBytes), (Capability.Random, grant.RandomBytes), (Capability.Log, grant.LogBytes), (Capability.Stdio, grant.StdioBytes),
        })
        {
            if (amount > 0)
            {
                yield return Item(capability, $"{amount} bytes", "") with { Amount = amount };
            }
        }

        if (grant.ClockPrecision is { } precision)
        {
            // The finer the more: a negative amount, so that a coarser clock is covered by a finer one.
            yield return Item(Capability.Clock, $"{precision.TotalMilliseconds} ms", "") with { Amount = -precision.Ticks };
        }
    }

    private static GrantedItem Item(Capability capability, string resource, string detail) => new(new GrantedCapability(capability, resource, detail));
}
