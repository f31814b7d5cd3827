using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Secrets;

namespace PluginHost.Gate;

/// <summary>
/// One call of a guest: the only place where demands are decided, recorded and turned into leases, and where the call's
/// receipt is written.
/// </summary>
internal sealed class GuestCall(
    AuditLog audit, SkillIdentity identity, string tool, CallContext context, EffectiveGrant grant, CancellationToken stop, GuestCall? parent = null)
{
    /// <summary>Denials that are kept in full; more of them are only counted.</summary>
    private const int MaxDenials = 100;

    /// <summary>Demands that one call may put on record; more of them would bury the log.</summary>
    private const int MaxRecords = 50_000;

    /// <summary>Characters of a resource on record; a longer one is cut and told by its digest.</summary>
    private const int MaxResource = 1_000;

    /// <summary>Uses and bytes of the capabilities that are totalled, by their index.</summary>
    private readonly (long Uses, long Bytes)[] _quiet = new (long, long)[Capability.Count];

    private readonly List<CapabilityDenial> _denials = [];
    private long _denied;
    private int _records;

    /// <summary>Names the call in records; unique enough within a log.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("n");

    public EffectiveGrant Grant => grant;

    /// <summary>Who runs.</summary>
    public SkillIdentity Identity => identity;

    /// <summary>On whose behalf it runs.</summary>
    public CallContext Context => context;

    /// <summary>Cancelled when the call has to stop; whatever blocks waits on it, too.</summary>
    public CancellationToken Stop => stop;

    public bool HasEnded { get; private set; }

    public IReadOnlyList<CapabilityDenial> Denials => _denials;

    /// <summary>The secrets that the call, and those that it is a part of, have had to do with.</summary>
    public SecretWatch Watch { get; } = parent?.Watch ?? new SecretWatch();

    /// <summary>Asks for an effect that leaves its own record.</summary>
    /// <param name="capability">What is needed.</param>
    /// <param name="resource">On what, in canonical form.</param>
    /// <param name="rule">The rule that allows it, or null and <paramref name="denial"/> says why not.</param>
    /// <param name="denial">The rule that refuses and the smallest grant that would allow it.</param>
    /// <exception cref="CapabilityDeniedException">It is not allowed.</exception>
    public CapabilityLease Demand(Capability capability, string resource, string? rule, (string Rule, string SmallestGrant) denial)
    {
        if (HasEnded)
        {
            throw new InvalidOperationException("the call has ended");
        }

        stop.ThrowIfCancellationRequested();
        var sequence = Record(capability, resource, rule is not null, rule ?? denial.Rule);
        return rule is not null
            ? new CapabilityLease(this, sequence, capability, resource)
            : throw Denied(capability, resource, denial.Rule, denial.SmallestGrant);
    }

    /// <summary>Asks for one of the many small effects that are recorded at their first use and then totalled.</summary>
    /// <exception cref="CapabilityDeniedException">It is not allowed.</exception>
    public void DemandQuiet(Capability capability, string resource, bool allowed, long bytes, string denialRule)
    {
        ref var total = ref _quiet[capability.Index];
        if (total.Uses == 0 || !allowed)
        {
            var sequence = Record(capability, resource, allowed, allowed ? "default policy" : denialRule);
            if (!allowed)
            {
                throw Denied(capability, resource, denialRule, QuietAdvice(capability));
            }

            Done(sequence, "totalled at the end of the call", TimeSpan.Zero, 0, 0);
        }

        total = (total.Uses + 1, total.Bytes + bytes);
        parent?.CountQuiet(capability, bytes);
    }

    private string QuietAdvice(Capability capability) =>
        grant.Withdrawn.Contains(capability) ? $"a host whose WithdrawnCapabilities do not hold {capability}"
        : grant.Source == GrantSource.CommandLine ? "none: a bare module has the default policy"
        : capability == Capability.Variables ? "[variables] with a larger max_bytes in assets/capabilities.toml"
        : capability == Capability.Random || capability == Capability.Log ? $"[{capability}] with a larger max_bytes_per_call in assets/capabilities.toml"
        : "none: the amount is the host's";

    /// <summary>Records a demand that no grant could cover.</summary>
    /// <returns>The denial, to be thrown.</returns>
    public CapabilityDeniedException Refuse(Capability capability, string resource, string rule, string smallestGrant)
    {
        Record(capability, resource, allowed: false, rule);
        return Denied(capability, resource, rule, smallestGrant);
    }

    /// <summary>Adds bytes to the total of a capability that was demanded before.</summary>
    public void CountQuiet(Capability capability, long bytes)
    {
        _quiet[capability.Index].Bytes += bytes;
        parent?.CountQuiet(capability, bytes);
    }

    public long QuietBytes(Capability capability) => _quiet[capability.Index].Bytes;

    internal void Done(long demand, string outcome, TimeSpan time, long bytesIn, long bytesOut) => audit.Append("done", writer =>
    {
        writer.WriteNumber("of", demand);
        writer.WriteString("outcome", outcome);
        writer.WriteNumber("us", (long)time.TotalMicroseconds);
        writer.WriteNumber("in", bytesIn);
        writer.WriteNumber("out", bytesOut);
    });

    /// <summary>Ends the call: no lease of it can be used any more, and the receipt is written.</summary>
    public void End(string outcome, TimeSpan time, long fuel, long memoryBytes, long bytesIn, long bytesOut)
    {
        HasEnded = true;
        audit.Append("call", writer =>
        {
            Head(writer);
            writer.WriteString("outcome", outcome);
            writer.WriteNumber("us", (long)time.TotalMicroseconds);
            writer.WriteNumber("fuel", fuel);
            writer.WriteNumber("memory", memoryBytes);
            writer.WriteNumber("in", bytesIn);
            writer.WriteNumber("out", bytesOut);
            writer.WriteNumber("denied", _denied);
            writer.WriteStartObject("totals");
            foreach (var capability in Capability.ByName)
            {
                if (_quiet[capability.Index] is { Uses: > 0 } total)
                {
                    writer.WriteStartObject(capability.Name);
                    writer.WriteNumber("uses", total.Uses);
                    writer.WriteNumber("bytes", total.Bytes);
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        });
    }

    private long Record(Capability capability, string resource, bool allowed, string rule)
    {
        CountRecord();
        return audit.Append("demand", writer =>
        {
            Head(writer);
            writer.WriteString("capability", capability.Name);
            writer.WriteString("resource", Watch.FindIn(resource) is { } secret && secret != resource ? "(withheld: it holds a secret)" : Bounded(resource));
            writer.WriteString("decision", allowed ? "allow" : "deny");
            writer.WriteString("rule", Bounded(rule));
        });
    }

    /// <summary>What a part of a call puts on record, the whole call does.</summary>
    private void CountRecord()
    {
        parent?.CountRecord();
        if (++_records > MaxRecords)
        {
            throw new GuestLimitException("limit.audit", $"the call made more than {MaxRecords} demands");
        }
    }

    private static string Bounded(string resource) => resource.Length <= MaxResource
        ? resource
        : $"{resource[..MaxResource]}… sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(resource)))}";

    private void Head(Utf8JsonWriter writer)
    {
        writer.WriteString("call", Id);
        writer.WriteString("skill", identity.Skill);
        writer.WriteString("version", identity.Version);
        writer.WriteString("payload", identity.Payload);
        writer.WriteString("tool", tool);
        writer.WriteStartObject("context");
        Optional(writer, "principal", context.Principal);
        Optional(writer, "channel", context.Channel);
        Optional(writer, "session", context.Session);
        Optional(writer, "correlation", context.CorrelationId);
        writer.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private CapabilityDeniedException Denied(Capability capability, string resource, string rule, string smallestGrant)
    {
        (resource, rule, smallestGrant) = (Bounded(resource), Bounded(rule), Bounded(smallestGrant));
        if (++_denied <= MaxDenials)
        {
            _denials.Add(new CapabilityDenial(capability, resource, rule, smallestGrant));
        }

        return new CapabilityDeniedException(identity.Skill, tool, capability, resource, rule, smallestGrant);
    }
}
