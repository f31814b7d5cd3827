using Microsoft.Extensions.Logging;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Consent;

namespace PluginHost;

/// <summary>How a <see cref="SkillHost"/> decides. The defaults trust nobody and grant nothing.</summary>
public sealed class SkillHostOptions
{
    /// <summary>Options as a policy file says them; whatever it does not say has its default, and can be set afterwards.</summary>
    /// <param name="path">A TOML file; <c>docs/policy.md</c> describes it.</param>
    /// <exception cref="SkillStateException">It is missing, or breaks a rule (<c>state.policy</c>).</exception>
    public static SkillHostOptions FromPolicy(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return PolicyFile.Read(path);
    }

    /// <summary>Options as a policy file says them that an operator signed: it may consent, too.</summary>
    /// <param name="path">The policy file; the signature lies beside it, with <c>.dsse</c> added to its name.</param>
    /// <param name="operatorKeys">Public keys of operators, 64 hexadecimal digits each.</param>
    /// <exception cref="SkillStateException">It is missing, breaks a rule, or none of the keys signed it (<c>state.policy</c>).</exception>
    /// <exception cref="FormatException">A key is not 64 hexadecimal digits.</exception>
    public static SkillHostOptions FromSignedPolicy(string path, IEnumerable<string> operatorKeys)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(operatorKeys);
        return PolicyFile.Read(path, [.. operatorKeys.Select(key => key.Length == 64 ? Convert.FromHexString(key) : throw new FormatException("a key is not 64 hexadecimal digits"))]);
    }

    /// <summary>
    /// A state directory made by <c>pluginhost init</c>: trust store, audit logs and variables of skills live there. Without one all
    /// live in memory, unless <see cref="TrustStoreFile"/> or <see cref="AuditFile"/> name a file.
    /// </summary>
    public string? StateDirectory { get; set; }

    /// <summary>A trust store in Palyra's JSON form, in place of the one in the state directory. It must exist.</summary>
    public string? TrustStoreFile { get; set; }

    /// <summary>Keys of publishers that are trusted beside those of the trust store: 64 hexadecimal digits each.</summary>
    public IDictionary<string, IList<string>> TrustedPublishers { get; } = new Dictionary<string, IList<string>>(StringComparer.Ordinal);

    /// <summary>
    /// Whether a publisher whom no store and no option names is trusted at first use, and pinned once the whole load was
    /// accepted. Off by default.
    /// </summary>
    public bool AllowTrustOnFirstUse { get; set; }

    /// <summary>
    /// Whether a package that nobody signed may be loaded on probation: no network, secrets, environment or writing, no other skills or functions of
    /// the host, approval for each call, for 30 days. It is known by its payload; an id or publisher that was met signed never comes in unsigned.
    /// Off by default: such a package is refused.
    /// </summary>
    public bool AllowUnsignedOnProbation { get; set; }

    /// <summary>Who consents to what a skill asks for. Absent means that nobody does: every skill is refused.</summary>
    public ConsentCallback? Consent { get; set; }

    /// <summary>
    /// Whether a new version inherits the consent for the last one: same publisher and key, nothing wider (grants, tools and what they
    /// say, quotas), provenance that says no less. Off by default: a new payload needs a new consent.
    /// </summary>
    public bool InheritConsent { get; set; }

    /// <summary>Whether the command line's <c>--accept</c> is no consent.</summary>
    public bool ForbidAcceptFlag { get; set; }

    /// <summary>Whether the command line's <c>--allow-tofu</c> is refused.</summary>
    public bool ForbidFirstUseFlag { get; set; }

    /// <summary>Whether the command line refuses to run modules that are no skill: <c>wasm run</c>, <c>skills suggest-manifest</c>.</summary>
    public bool ForbidBareModules { get; set; }

    /// <summary>Keys of operators: none of them can be a publisher's.</summary>
    internal List<byte[]> OperatorKeys { get; } = [];

    /// <summary>Opens what several machines share; null where nothing is.</summary>
    internal Func<State.ISharedState>? SharedState { get; set; }

    /// <summary>Who writes what the host decides about the life of skills.</summary>
    internal string Actor { get; set; } = "host";

    /// <summary>Id of the key of the operator who signed that policy.</summary>
    internal string AcceptedBy { get; set; } = "";

    /// <summary>Where a policy file withdraws capabilities.</summary>
    internal string? WithdrawnPlace { get; set; }

    /// <summary>Payloads that an operator's signed policy accepts.</summary>
    internal HashSet<string> AcceptedPayloads { get; } = new(StringComparer.Ordinal);

    /// <summary>Remembers elsewhere how far the state directory has come. Without one a directory that was put back from an older copy is not noticed.</summary>
    public IStateAnchor? Anchor { get; set; }

    /// <summary>Who decides about each call of a tool that is marked so. Absent means that nobody does: such calls are refused.</summary>
    public ApprovalCallback? Approve { get; set; }

    /// <summary>Capabilities that no skill gets, whatever was consented to.</summary>
    public ISet<Capability> WithdrawnCapabilities { get; } = new HashSet<Capability>();

    /// <summary>Hosts that skills may reach at most, whatever was consented to, in their ASCII form. Absent means any that they were granted.</summary>
    public ISet<string>? AllowedHosts { get; set; }

    /// <summary>
    /// Whether a module that imports a function whose capability none of its tools was granted is refused at load, instead of
    /// being denied when it calls the function. Off by default: runtimes of languages import more than their programs use.
    /// </summary>
    public bool StrictImports { get; set; }

    /// <summary>
    /// The value of a secret, by <c>scope/key</c>, or null where there is none. Asked only for secrets that the calling skill was
    /// granted and whose scope fits the call. May be called by many threads.
    /// </summary>
    public Func<string, string?>? Secrets { get; set; }

    /// <summary>
    /// Endpoints in the place of hosts: <c>api.example.com:443</c> to <c>http://127.0.0.1:8080</c> or <c>10.1.2.3:8443</c>. It is
    /// the operator's word that the address may be reached, even if it is private.
    /// </summary>
    public IDictionary<string, string> Resolve { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>File of the audit log. One process at a time may write it.</summary>
    public string? AuditFile { get; set; }

    /// <summary>What is demanded of the provenance of packages.</summary>
    public ProvenanceOptions Provenance { get; } = new();

    /// <summary>Whom the host believes about skills beside their publishers.</summary>
    public ChainOptions Chain { get; } = new();

    /// <summary>What the static audit of packages allows.</summary>
    public InspectionOptions Inspection { get; } = new();

    /// <summary>How the audit log is kept.</summary>
    public AuditOptions Audit { get; } = new();

    /// <summary>Functions of the embedder that skills may be allowed to call.</summary>
    public HostFunctions Functions { get; } = new();

    /// <summary>Receives what guests log. May be called by many threads.</summary>
    public Action<SkillLogMessage>? Log { get; set; }

    /// <summary>
    /// Told what happens, for whoever runs the application; <c>docs/logging.md</c> lists the events. Messages of guests go there, too, escaped, where <see cref="Log"/> is not
    /// set. Null for nothing. The audit log is another thing, and does not depend on it.
    /// </summary>
    public ILogger? Logger { get; set; }

    /// <summary>Limits of calls and loads.</summary>
    public SkillLimits Limits { get; } = new();

    /// <summary>The clock of records, limits and guests.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
