using System.Collections.Immutable;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Http;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;

namespace PluginHost.Consent;

/// <summary>
/// Works out what each tool would get: what the manifest asks for, narrowed by <c>capabilities.toml</c>, by the tool's own list
/// of grants and by the host's policy. Nothing is granted that one of them does not name.
/// </summary>
internal sealed class GrantPlanner
{
    private readonly InspectedSkill _skill;
    private readonly CapabilitiesFile? _file;
    private readonly ManifestCapabilities _asked;
    private readonly HostPolicy _policy;
    private readonly ImmutableDictionary<Capability, string> _places;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private GrantPlanner(InspectedSkill skill, HostPolicy policy, IReadOnlyDictionary<string, string> environment)
    {
        _skill = skill;
        _file = skill.Capabilities;
        _asked = skill.Manifest.Capabilities;
        _policy = policy;
        _environment = environment;
        _places = GrantPlaces.Of(_file, _asked, policy);
    }

    /// <param name="skill">The skill.</param>
    /// <param name="policy">What the host allows at most.</param>
    /// <param name="environment">Values that the embedder gives for environment variables.</param>
    public static ImmutableArray<ToolGrant> Plan(InspectedSkill skill, HostPolicy policy, IReadOnlyDictionary<string, string> environment)
    {
        var planner = new GrantPlanner(skill, policy, environment);
        return [.. skill.Tools.Select(planner.Plan)];
    }

    private ToolGrant Plan(ToolCode code)
    {
        var listed = code.Binding?.Grants;
        var http = Http(name => listed?.Contains(name) != false);
        var grant = new EffectiveGrant
        {
            Source = _file is null ? GrantSource.Manifest : GrantSource.CapabilitiesFile,
            Withdrawn = _policy.Withdrawn,
            Places = _places,
            Http = http,
            Secrets = Secrets(http),
            ReadableSecrets = Listed(Capability.SecretsRead, Gets("secrets_read") ? _file?.ReadableSecrets : null),
            HostFunctions = Listed(Capability.HostFunction, Gets("host") ? _file?.HostFunctions : null),
            CalledTools = Listed(Capability.SkillCall, Gets("calls") ? _file?.CalledTools : null),
            Environment = Environment(Gets("environment")),
            ClockPrecision = Clock(),
            RandomBytes = Quiet(Capability.Random, _file?.RandomBytes, Gets("random")),
            VariableBytes = Quiet(Capability.Variables, _file?.VariableBytes, Gets("variables")),
            LogBytes = Quiet(Capability.Log, _file?.LogBytes, Gets("log")),
            StdioBytes = _policy.Allows(Capability.Stdio) ? new EffectiveGrant().StdioBytes : 0,
        };
        return new ToolGrant(code, grant, Roots(name => listed?.Contains(name) != false), Limits(code));

        bool Gets(string section) => listed?.Contains(section) != false;
    }

    private ImmutableArray<HttpGrant> Http(Func<string, bool> gets)
    {
        if (!_policy.Allows(Capability.HttpEgress))
        {
            return [];
        }

        var asked = _file is null
            ? _asked.Hosts.Select(host => new HttpGrant { Host = host.ToLowerInvariant() })
            : _file.Http.Where(request => gets(request.Name)).Select(Http);
        return [.. asked.Where(grant => _policy.Hosts?.Contains(grant.Host) != false)];
    }

    private static HttpGrant Http(HttpRequest request) => new()
    {
        Host = request.Host,
        Place = GrantPlaces.InFile(request.Line),
        Scheme = request.Scheme,
        Port = request.Port,
        Methods = request.Methods,
        PathPrefix = request.PathPrefix,
        FollowsRedirects = request.Redirects,
        Secret = request.Secret switch
        {
            null => null,
            { Query: { } query } secret => new SecretUse(secret.Secret, SecretPlacement.Query, query, secret.Prefix),
            { BasicUser: { } user } secret => new SecretUse(secret.Secret, SecretPlacement.Basic, user, secret.Prefix),
            var secret => SecretUse.InHeader(secret.Secret, secret.Header!, secret.Prefix),
        },
    };

    /// <summary>With the file only the secrets that it puts somewhere, without it all of the manifest.</summary>
    private ImmutableSortedSet<string> Secrets(ImmutableArray<HttpGrant> http)
    {
        IEnumerable<string> names = !_policy.Allows(Capability.SecretsUse) ? []
            : _file is not null ? http.Select(grant => grant.Secret?.Name).OfType<string>()
            : _asked.Secrets.SelectMany(secrets => secrets.Keys.Select(key => $"{secrets.Scope}/{key}"));
        return names.ToImmutableSortedSet(StringComparer.Ordinal);
    }

    private ImmutableSortedSet<string> Listed(Capability capability, ImmutableArray<string>? names) =>
        (_policy.Allows(capability) ? names ?? [] : []).ToImmutableSortedSet(StringComparer.Ordinal);

    private ImmutableArray<RootGrant> Roots(Func<string, bool> gets)
    {
        var canRead = _policy.Allows(Capability.FilesystemRead);
        var canWrite = _policy.Allows(Capability.FilesystemWrite);
        IEnumerable<RootGrant> roots = !canRead ? []
            : _file is not null ? _file.Files.Where(request => gets(request.Name)).Select(request => new RootGrant(request.Path, request.Write, request.MaxBytes))
            : _asked.WriteRoots.Select(root => new RootGrant(root, true, null)).Concat(_asked.ReadRoots.Select(root => new RootGrant(root, false, null)));

        // The same root twice is one root with both rights; parents come before what lies in them.
        return
        [
            .. roots.GroupBy(root => root.Path, StringComparer.Ordinal)
                .Select(group => new RootGrant(group.Key, canWrite && group.Any(root => root.CanWrite), group.Min(root => root.MaxBytes)))
                .OrderBy(root => root.Path, StringComparer.Ordinal),
        ];
    }

    private ImmutableSortedDictionary<string, string> Environment(bool gets) => gets && _file is not null && _policy.Allows(Capability.Environment)
        ? _file.EnvironmentKeys.Where(_environment.ContainsKey).Distinct(StringComparer.Ordinal)
            .ToImmutableSortedDictionary(key => key, key => _environment[key], StringComparer.Ordinal)
        : new EffectiveGrant().Environment;

    private TimeSpan? Clock()
    {
        var usual = new EffectiveGrant().ClockPrecision;
        return !_policy.Allows(Capability.Clock) ? null
            : _file?.ClockPrecisionMilliseconds is { } asked ? TimeSpan.FromMilliseconds(Math.Min(asked, (long)TimeSpan.FromDays(1).TotalMilliseconds))
            : usual;
    }

    private long Quiet(Capability capability, long? asked, bool gets)
    {
        var usual = new EffectiveGrant();
        return !_policy.Allows(capability) ? 0
            : asked is { } bytes ? Math.Min(bytes, gets ? HostPolicy.MaxQuietBytes : Usual(capability, usual))
            : Usual(capability, usual);
    }

    private static long Usual(Capability capability, EffectiveGrant usual) =>
        capability == Capability.Random ? usual.RandomBytes
        : capability == Capability.Variables ? usual.VariableBytes
        : usual.LogBytes;

    /// <summary>The smallest of the manifest's quotas, the tool's and the host's.</summary>
    private GuestLimits Limits(ToolCode code)
    {
        var quotas = _skill.Manifest.Capabilities.Quotas;
        var time = code.Binding?.TimeoutMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : quotas.WallClock;
        return new GuestLimits
        {
            Time = time < _policy.Ceiling.Time ? time : _policy.Ceiling.Time,
            Fuel = Math.Min(code.Binding?.Fuel ?? quotas.Fuel, _policy.Ceiling.Fuel ?? long.MaxValue),
            MemoryBytes = Math.Min(code.Binding?.MemoryBytes ?? quotas.MemoryBytes, _policy.Ceiling.MemoryBytes),
        };
    }
}
