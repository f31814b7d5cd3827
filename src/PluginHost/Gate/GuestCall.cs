using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Secrets;
using PluginHost.Limits;

namespace PluginHost.Gate;

/// <summary>
/// One call of a guest: the only place where demands are decided, recorded and turned into leases, and where the call's
/// receipt is written.
/// </summary>
internal sealed class GuestCall(
    AuditLog audit, SkillIdentity identity, string tool, CallContext context, EffectiveGrant grant, CancellationToken stop, GuestCall? parent = null, AuditQuota? quota = null, SkillMeter? meter = null, SecretWatch? watch = null)
{
    /// <summary>Denials that are kept in full; more of them are only counted.</summary>
    private const int MaxDenials = 100;

    /// <summary>Demands that one call may put on record; more of them would bury the log.</summary>
    private const int MaxRecords = 50_000;

    /// <summary>Characters of a resource on record; a longer one is cut and told by its digest.</summary>
    private const int MaxResource = 1_000;

    private readonly AuditQuota? _quota = parent?._quota ?? quota;

    /// <summary>What another skill moves or is denied for this one is its own: each is metered by itself.</summary>
    private readonly SkillMeter? _meter = meter;
    private readonly List<CapabilityDenial> _denials = [];
    private readonly DenialCount _denied = new();
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

    /// <summary>What the call has used of the host.</summary>
    public CallLedger Ledger { get; } = new(meter?.Bytes);

    /// <summary>The secrets that the call, those that it is a part of, and those before it in its session have had to do with.</summary>
    public SecretWatch Watch { get; } = parent?.Watch ?? watch ?? new SecretWatch();

    /// <summary>Asks for an effect that leaves its own record.</summary>
    /// <param name="capability">What is needed.</param>
    /// <param name="resource">On what, in canonical form.</param>
    /// <param name="rule">The rule that allows it, or null and <paramref name="denial"/> says why not.</param>
    /// <param name="denial">The rule that refuses and the smallest grant that would allow it.</param>
    /// <param name="place">Where the rule that refuses is written; null for where the grants of the capability are.</param>
    /// <exception cref="CapabilityDeniedException">It is not allowed.</exception>
    public CapabilityLease Demand(Capability capability, string resource, string? rule, (string Rule, string SmallestGrant) denial, string? place = null)
    {
        if (HasEnded)
        {
            throw new InvalidOperationException("the call has ended");
        }

        stop.ThrowIfCancellationRequested();
        if (rule is null)
        {
            throw Denied(capability, resource, denial.Rule, denial.SmallestGrant, place);
        }

        _meter?.Bytes.Wait(stop);
        var sequence = Record(capability, resource, rule);
        Ledger.Use(capability, 1, 0);
        return new CapabilityLease(this, sequence, capability, resource);
    }

    /// <summary>Asks for one of the many small effects that are recorded at their first use and then totalled.</summary>
    /// <exception cref="CapabilityDeniedException">It is not allowed.</exception>
    public void DemandQuiet(Capability capability, string resource, bool allowed, long bytes, string denialRule)
    {
        _meter?.Bytes.Wait(stop);
        if (Ledger[capability].Uses == 0 || !allowed)
        {
            if (!allowed)
            {
                throw Denied(capability, resource, denialRule, QuietAdvice(capability));
            }

            var sequence = Record(capability, resource, "default policy");
            Done(sequence, "totalled at the end of the call", TimeSpan.Zero, 0, 0);
        }

        Ledger.Use(capability, 1, bytes);
        parent?.CountOfPart(capability, bytes);
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
        return Denied(capability, resource, rule, smallestGrant);
    }

    /// <summary>Adds bytes to the total of a capability that was demanded before.</summary>
    public void CountQuiet(Capability capability, long bytes)
    {
        Ledger.Use(capability, 0, bytes);
        parent?.CountOfPart(capability, bytes);
    }

    /// <summary>Bytes of a part of the call: they stand in its totals, and the host moved them once.</summary>
    private void CountOfPart(Capability capability, long bytes)
    {
        Ledger.UseOfPart(capability, bytes);
        parent?.CountOfPart(capability, bytes);
    }

    public long QuietBytes(Capability capability) => Ledger[capability].Bytes;

    internal void Done(long demand, string outcome, TimeSpan time, long bytesIn, long bytesOut, string? secret = null)
    {
        audit.AppendAfter("done", writer =>
        {
            writer.WriteNumber("of", demand);
            writer.WriteString("outcome", outcome);
            writer.WriteNumber("us", (long)time.TotalMicroseconds);
            writer.WriteNumber("in", bytesIn);
            writer.WriteNumber("out", bytesOut);
            Optional(writer, "secret", secret);
        }, out var bytes);
        _quota?.Take(bytes);
    }

    /// <summary>Stands for the value of a secret on record.</summary>
    public string DigestOf(string secret) => audit.DigestOf(secret);

    /// <summary>Ends the call: no lease of it can be used any more, and the receipt is written.</summary>
    public void End(string outcome, TimeSpan time, long fuel, long memoryBytes, long bytesIn, long bytesOut)
    {
        HasEnded = true;
        audit.AppendAfter("call", writer =>
        {
            Head(writer);
            writer.WriteString("outcome", outcome);
            writer.WriteNumber("us", (long)time.TotalMicroseconds);
            writer.WriteNumber("host_us", (long)Ledger.HostTime.TotalMicroseconds);
            writer.WriteNumber("fuel", fuel);
            writer.WriteNumber("memory", memoryBytes);
            writer.WriteNumber("in", bytesIn);
            writer.WriteNumber("out", bytesOut);
            writer.WriteNumber("denied", _denied.All);
            writer.WriteStartObject("totals");
            Ledger.Write(writer);
            writer.WriteEndObject();
        }, out _);
    }

    private long Record(Capability capability, string resource, string rule)
    {
        CountRecord();
        var sequence = audit.Append("demand", writer =>
        {
            Head(writer);
            writer.WriteString("capability", capability.Name);
            writer.WriteString("resource", Shown(resource));
            writer.WriteString("decision", "allow");
            writer.WriteString("rule", Bounded(rule));
        }, out var bytes);
        _quota?.Take(bytes);
        return sequence;
    }

    /// <summary>What a part of a call puts on record, the whole call does.</summary>
    private void CountRecord()
    {
        parent?.CountRecord();
        if (parent is null && _quota?.IsSpent == true)
        {
            throw new GuestLimitException("limit.audit", "the calls of the skill have put as much on record as they may in a minute");
        }

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

    /// <summary>What is on record of a resource: not what holds a secret.</summary>
    private string Shown(string resource) => Watch.FindIn(resource) is { } secret && secret != resource ? "(withheld: it holds a secret)" : Bounded(resource);

    /// <summary>Puts a denial on record, unless the same was often enough.</summary>
    private CapabilityDeniedException Denied(Capability capability, string resource, string rule, string smallestGrant, string? place = null)
    {
        var denial = new CapabilityDenial(capability, Bounded(resource), Bounded(rule), Bounded(smallestGrant)) { Place = place ?? grant.Places.GetValueOrDefault(capability) };
        Ledger.Deny(capability);
        if (parent is null)
        {
            // What is denied in a part of another skill's call may be denied for what that one lacks: it says nothing about this one.
            _meter?.Probes.Denied();
        }

        if (_denied.Count(capability, resource))
        {
            CountRecord();
            audit.Append("demand", writer =>
            {
                Head(writer);
                (denial with { Resource = Shown(resource), Rule = Shown(rule), SmallestGrant = Shown(smallestGrant) }).Write(writer);
            }, out var bytes);
            _quota?.Take(bytes);
        }

        if (_denials.Count < MaxDenials)
        {
            _denials.Add(denial);
        }

        return new CapabilityDeniedException(identity.Skill, tool, denial);
    }
}
