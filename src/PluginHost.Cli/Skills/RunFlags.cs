using System.CommandLine;
using System.Text;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Policy;
using PluginHost.Cli.Wasm;
using PluginHost.Hosting;
using PluginHost.PostgreSql;
using PluginHost.State;

namespace PluginHost.Cli.Skills;

/// <summary>The options of <c>skills run</c> beside those about trust, and what they mean for the host.</summary>
internal sealed class RunFlags
{
    private const int MaxInputBytes = 1 << 30;
    private const string ReadOnlySuffix = ":ro";

    private readonly Option<string?> _input = new("--input") { Description = "Input of the tool: a text, @FILE, or - for standard input. Empty without it.", HelpName = "TEXT|@FILE|-" };
    private readonly Option<string?> _accept = new("--accept") { Description = "Consent to what the package with this payload digest asks for.", HelpName = "PAYLOAD_SHA256" };
    private readonly Option<string[]> _accepts = new("--accept") { Description = "Consent to what the package with this payload digest asks for; may be given more than once.", HelpName = "PAYLOAD_SHA256" };
    private readonly PolicyFlag _policy = new();
    private readonly Option<string?> _anchor = new("--anchor") { Description = "File elsewhere that remembers how far the state directory has come.", HelpName = "FILE" };
    private readonly Option<bool> _approve = new("--approve") { Description = "Approve this call of a tool whose publisher wants each call approved." };
    private readonly Option<string[]> _map = new("--map") { Description = "A directory in place of a root of the manifest.", HelpName = "ROOT=DIR[:ro]" };
    private readonly Option<string[]> _resolve = new("--resolve") { Description = "Connect to an address in place of a host; it may be private.", HelpName = "HOST:PORT=[http://]ADDR:PORT" };
    private readonly Option<string[]> _secret = new("--secret") { Description = "Where the value of a secret is.", HelpName = $"SCOPE/KEY={ValueSource.Form}" };
    private readonly Option<string[]> _environment = new("--env") { Description = "An environment variable; the skill sees those it asked for.", HelpName = "K=V" };
    private readonly Option<string[]> _config = new("--config") { Description = "A setting for Extism guests.", HelpName = "K=V" };
    private readonly Option<bool> _downgrade = new("--allow-downgrade") { Description = "Run an older version than one that was accepted here, or other bytes for the same version; goes on record." };
    private readonly Option<bool> _unsigned = new("--allow-unsigned") { Description = "Let a package that nobody signed run on probation: no network, secrets or writing, approval for each call." };
    private readonly Option<string?> _audit = new("--audit") { Description = "File of the audit log; else the state's, else in memory.", HelpName = "FILE" };

    /// <summary>Those about the host alone, for verbs that call nothing.</summary>
    public void AddHostTo(Command command)
    {
        _policy.AddTo(command);
        foreach (var option in new Option[] { _anchor, _downgrade, _audit })
        {
            command.Add(option);
        }
    }

    public void AddTo(Command command)
    {
        _policy.AddTo(command);
        foreach (var option in new Option[] { _input, _accept, _anchor, _approve, _map, _resolve, _secret, _environment, _config, _downgrade, _unsigned, _audit })
        {
            command.Add(option);
        }
    }

    public byte[] Input(ParseResult parse)
    {
        switch (parse.GetValue(_input))
        {
            case null:
                return [];
            case "-":
                using (var input = Console.OpenStandardInput())
                {
                    return InputFiles.ReadAll(input, MaxInputBytes);
                }

            case ['@', .. var path]:
                return InputFiles.Read(path, MaxInputBytes);
            case var text:
                return Encoding.UTF8.GetBytes(text);
        }
    }

    /// <summary>Those for verbs that call tools while nobody is there to be asked.</summary>
    public void AddSilentTo(Command command)
    {
        AddHostTo(command);
        foreach (var option in new Option[] { _accepts, _approve, _map, _resolve, _secret, _environment, _config })
        {
            command.Add(option);
        }
    }

    /// <summary>The options of a host that asks nobody: what was not consented to before, or by name here, is refused.</summary>
    public SkillHostOptions SilentOptions(ParseResult parse, TrustFlags trust, StateRoot state)
    {
        var options = HostOptions(parse, trust, state);
        var accepted = (parse.GetValue(_accepts) ?? []).Select(payload => payload.Trim().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (accepted.Count > 0 && options.ForbidAcceptFlag)
        {
            throw AcceptForbidden();
        }

        options.Consent = (request, _) => ValueTask.FromResult(accepted.Contains(request.PayloadDigest)
            ? ConsentDecision.AcceptFor(ConsentScope.Once, Environment.UserName)
            : throw new SkillConsentException("required", $"nobody can be asked here; to consent: --accept {request.PayloadDigest}", request));
        options.Approve = (_, _) => ValueTask.FromResult(parse.GetValue(_approve));
        return options;
    }

    public SkillHostOptions HostOptions(ParseResult parse, TrustFlags trust, StateRoot? state)
    {
        var accepted = parse.GetValue(_accept)?.Trim().ToLowerInvariant();
        var options = _policy.Options(parse);
        var canKeep = state is not null;
        options.StateDirectory = state?.Path;
        options.TrustStoreFile = parse.GetValue(trust.Store);
        if (trust.Shared.ConnectionString(parse) is { } fleet)
        {
            options.UsePostgreSql(state is not null ? fleet : throw new CommandError(ExitCode.Refused, "state.missing", "a fleet's database goes with a state directory: 'pluginhost init' makes one"));
        }

        options.AllowTrustOnFirstUse |= trust.AllowsFirstUse(parse, options);
        options.AllowUnsignedOnProbation |= parse.GetValue(_unsigned);
        options.AuditFile = parse.GetValue(_audit);
        options.Anchor = parse.GetValue(_anchor) is { } anchor ? StateAnchors.File(anchor) : null;
        if (accepted is not null && options.ForbidAcceptFlag)
        {
            throw AcceptForbidden();
        }

        options.Consent = (request, _) => ValueTask.FromResult(Consents(request, accepted, canKeep, parse.InvocationConfiguration.Error));
        options.Approve = (request, _) => ValueTask.FromResult(parse.GetValue(_approve) || Approves(request, parse.InvocationConfiguration.Error));
        options.Log = message => Console.Error.WriteLine($"[{message.Level}] {Printable.Text(message.Text)}");
        foreach (var keys in trust.Keys(parse).GroupBy(pair => pair.Publisher, pair => pair.Key, StringComparer.Ordinal))
        {
            options.TrustedPublishers[keys.Key] = [.. options.TrustedPublishers.TryGetValue(keys.Key, out var known) ? known : [], .. keys];
        }

        foreach (var (host, endpoint) in Pairs("resolve", _resolve, parse))
        {
            options.Resolve[host] = endpoint;
        }

        var secrets = Pairs("secret", _secret, parse).DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => ValueSource.Read("secret", pair.Value), StringComparer.Ordinal);
        options.Secrets = name => secrets.GetValueOrDefault(name);
        return options;
    }

    private static CommandError AcceptForbidden() => new(ExitCode.Refused, "consent.accept-forbidden", "the policy forbids --accept");

    public SkillLoadOptions LoadOptions(ParseResult parse)
    {
        var options = new SkillLoadOptions { AllowDowngrade = parse.GetValue(_downgrade) };
        foreach (var (root, directory) in Pairs("map", _map, parse))
        {
            var readOnly = directory.EndsWith(ReadOnlySuffix, StringComparison.Ordinal);
            options.Directories[root] = new MappedDirectory(readOnly ? directory[..^ReadOnlySuffix.Length] : directory, readOnly);
        }

        foreach (var (key, value) in KeyValueFlags.Parse("env", parse.GetValue(_environment) ?? []))
        {
            options.Environment[key] = value;
        }

        foreach (var (key, value) in KeyValueFlags.Parse("config", parse.GetValue(_config) ?? []))
        {
            options.Config[key] = value;
        }

        return options;
    }

    private static ConsentDecision Consents(ConsentRequest request, string? accepted, bool canKeep, TextWriter error)
    {
        if (accepted is not null)
        {
            return accepted == request.PayloadDigest
                ? ConsentDecision.AcceptFor(ConsentScope.Once, Environment.UserName)
                : throw new SkillConsentException("other-payload", $"--accept names another payload; this one is {request.PayloadDigest}", request);
        }

        error.Write(request.ToString());
        if (!HasTerminal(error))
        {
            throw new SkillConsentException("required", $"there is no terminal to ask on; to consent: --accept {request.PayloadDigest}", request);
        }

        error.Write(canKeep ? "Allow this? Type yes for this time, or always: " : "Allow this? Type yes: ");
        return Console.ReadLine()?.Trim().ToLowerInvariant() switch
        {
            "yes" => ConsentDecision.AcceptFor(ConsentScope.Once, Environment.UserName),
            "always" when canKeep => ConsentDecision.AcceptFor(ConsentScope.Always, Environment.UserName),
            _ => ConsentDecision.Refuse,
        };
    }

    private static bool Approves(ApprovalRequest request, TextWriter error)
    {
        error.WriteLine(request.ToString());
        return HasTerminal(error) && Asks(error);
    }

    private static bool HasTerminal(TextWriter error) => !Console.IsInputRedirected && !Console.IsErrorRedirected && error == Console.Error;

    private static bool Asks(TextWriter error)
    {
        error.Write("Allow this? Type yes: ");
        return string.Equals(Console.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string name, Option<string[]> option, ParseResult parse) => (parse.GetValue(option) ?? []).Select(flag =>
        flag.Split('=', 2) is [{ Length: > 0 } key, { Length: > 0 } value]
            ? (key, value)
            : throw new CommandError(ExitCode.Usage, "usage." + name, $"'{flag}' is not of the form {option.HelpName}"));
}
