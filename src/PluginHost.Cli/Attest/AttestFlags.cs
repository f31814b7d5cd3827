using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Log;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Attest;

/// <summary>What the verbs share that sign a link.</summary>
internal sealed class AttestFlags
{
    private const string BundleExtension = ".intoto.jsonl";
    private readonly Option<string> _key = LogFlags.KeyFile("the narrator's");
    private readonly Option<string?> _passphrase = Passphrase.Option();
    private readonly Option<string?> _bundle = new("--bundle") { Description = $"The bundle that the link is added to; without it FILE{BundleExtension}.", HelpName = "FILE" };
    private readonly Option<string[]> _previous = new("--prev") { Description = "Id of a link that this one stands on; without it what its kind stands on in the bundle.", HelpName = "ID" };
    private readonly Option<string?> _issuedAt = new("--issued-at") { Description = "Since when it is so, RFC 3339 in UTC; without it now.", HelpName = "TIME" };
    private readonly Option<long?> _sequence = new("--seq") { Description = "The narrator's number of it, which is used once; without it the time in microseconds.", HelpName = "N" };
    private readonly Option<bool> _json = CommandOutput.JsonOption();

    /// <summary>The package.</summary>
    public Argument<string> Artifact { get; } = new("artifact") { Description = "File of the package." };

    /// <summary>Adds the options, and what the verb signs.</summary>
    public Command Complete(Command command, LinkKind kind, Action<ParseResult, Utf8JsonWriter, SignedSkill> predicate, Func<ParseResult, SignedSkill, IEnumerable<(string Name, string Sha256)>>? further = null)
    {
        AddTo(command);
        command.SetAction(parse => Guard(parse, () =>
        {
            var path = parse.GetRequiredValue(Artifact);
            var file = InputFiles.Read(path, ArchiveLimits.TotalBytes);
            var skill = SignedSkill.Verify(SkillArtifact.Read(file));
            using var key = LogFlags.ReadKey(parse.GetRequiredValue(_key), parse.GetValue(_passphrase));
            if (kind is not (LinkKind.Authorship or LinkKind.Build) && key.PublicKey.AsSpan().SequenceEqual(skill.Signature.PublicKey))
            {
                throw new CommandError(ExitCode.Refused, "trust.own", "the key signed the package: what a publisher says of its own skill counts as nobody else's word");
            }

            using var bundle = AttestBundle.Open(parse.GetValue(_bundle) ?? path + BundleExtension);
            var issuedAt = IssuedAt(parse);
            var writer = new ChainWriter(key, Previous(parse, kind, bundle, skill, issuedAt), issuedAt, Sequence(parse, bundle, key));
            var envelope = writer.AboutSkill(
                kind, skill.Artifact.Payload, (Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(file))), json => predicate(parse, json, skill), further?.Invoke(parse, skill));
            return Added(parse, bundle, envelope);
        }));
        return command;
    }

    /// <summary>Signs a vouch for a key into a bundle of vouches.</summary>
    public int VouchForKey(ParseResult parse, string target, Action<Utf8JsonWriter> predicate)
    {
        var path = parse.GetValue(_bundle) ?? throw new CommandError(ExitCode.Usage, "usage.bundle", "a vouch for a key goes into a bundle of vouches: --bundle FILE");
        using var key = LogFlags.ReadKey(parse.GetRequiredValue(_key), parse.GetValue(_passphrase));
        if (target == Convert.ToHexStringLower(key.PublicKey))
        {
            throw new CommandError(ExitCode.Refused, "trust.own", "nobody answers for its own key: no host would count it");
        }

        using var bundle = AttestBundle.Open(path);
        return Added(parse, bundle, new ChainWriter(key, [], IssuedAt(parse), Sequence(parse, bundle, key)).AboutKey(target, predicate));
    }

    /// <summary>Whether the key that is used is the one of some public key.</summary>
    public bool IsBy(ParseResult parse, ReadOnlySpan<byte> publicKey)
    {
        using var key = LogFlags.ReadKey(parse.GetRequiredValue(_key), parse.GetValue(_passphrase));
        return key.PublicKey.AsSpan().SequenceEqual(publicKey);
    }

    /// <summary>Adds the options without the package.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _key, _passphrase, _bundle, _previous, _issuedAt, _sequence, _json })
        {
            command.Add(option);
        }
    }

    public int Guard(ParseResult parse, Func<int> verb) => CommandOutput.Guard(parse, parse.GetValue(_json), () =>
    {
        try
        {
            return verb();
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "trust.form", e.Message);
        }
    });

    /// <summary>A time of the command line.</summary>
    /// <exception cref="CommandError">It is none.</exception>
    public static DateTimeOffset Time(string text, string option) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw new CommandError(ExitCode.Usage, "usage.time", $"{option} '{text}' is no time");

    private DateTimeOffset IssuedAt(ParseResult parse)
    {
        var now = TimeProvider.System.GetUtcNow();
        return parse.GetValue(_issuedAt) is not { } text ? now
            : Time(text, "--issued-at") is var time && time <= now + LinkJudge.Skew ? time
            : throw new CommandError(ExitCode.Usage, "usage.time", $"--issued-at '{text}' is in the future: nobody would count such a link");
    }

    private long Sequence(ParseResult parse, AttestBundle bundle, SigningKey key)
    {
        var narrator = Convert.ToHexStringLower(key.PublicKey);
        var sequence = parse.GetValue(_sequence) ?? TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return bundle.Links().Any(link => link.Narrator == narrator && link.Sequence == sequence && link.IsSigned)
            ? throw new CommandError(ExitCode.Refused, "trust.sequence", $"the key has used the number {sequence} already: two links with one number prove that a narrator lies")
            : sequence;
    }

    /// <summary>A release stands on nothing, a vouch on the audits of the one who audited it, everything else on the release of the key that signed the package.</summary>
    private string[] Previous(ParseResult parse, LinkKind kind, AttestBundle bundle, SignedSkill skill, DateTimeOffset issuedAt)
    {
        if (kind == LinkKind.Authorship)
        {
            return [];
        }

        var links = bundle.LinksAbout(skill, parse.GetRequiredValue(Artifact) + BundleExtension).DistinctBy(link => link.Id).ToList();
        var found = parse.GetValue(_previous) is { Length: > 0 } named ? named : [.. Usual(kind, bundle, skill, links).Select(link => link.Id)];

        // What speaks against a skill needs nobody before it, everything else all that it names.
        foreach (var id in kind == LinkKind.Violation ? [] : found)
        {
            var before = links.Find(link => link.Id == id) ?? throw new CommandError(ExitCode.Refused, "trust.prev", $"no signed link '{id}' about this package is in '{bundle.Path}', beside the package or in it: nobody would count what stands on it");
            if (!LinkKinds.MayFollow(kind, before.Kind))
            {
                throw new CommandError(ExitCode.Refused, "trust.prev", $"a {LinkKinds.NameOf(LinkKinds.RoleOf(kind))} does not stand on a {LinkKinds.NameOf(before.Role)}'s {before.Kind.ToString().ToLowerInvariant()}: nobody would count it");
            }

            if (before.IssuedAt - issuedAt > LinkJudge.Skew)
            {
                throw new CommandError(ExitCode.Usage, "usage.time", $"--issued-at is before {ChainLinkReader.Text(before.IssuedAt)}, when the link {id[..16]} was signed, on which it stands: nobody would count it");
            }
        }

        return found;
    }

    private static List<ChainLink> Usual(LinkKind kind, AttestBundle bundle, SignedSkill skill, List<ChainLink> links)
    {
        // Anybody can add a link to a bundle, and one that does not count takes with it what stands on it.
        var signer = Convert.ToHexStringLower(skill.Signature.PublicKey);
        var stands = links.FindAll(link => kind == LinkKind.Vouch ? LinkKinds.IsAudit(link.Kind) && !link.IsNegative : link.Kind == LinkKind.Authorship && link.Narrator == signer);
        if (stands.Select(link => link.Narrator).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            throw new CommandError(ExitCode.Usage, "usage.prev", $"several people audited it: name the audits that you rely on with --prev ({string.Join(", ", stands.Take(8).Select(link => $"{link.Id} by {KeyId.Of(link.Narrator)}"))})");
        }

        return stands.Count > 0 ? stands : throw new CommandError(
            ExitCode.Refused, "trust.form", $"'{bundle.Path}' holds no {(kind == LinkKind.Vouch ? "audit" : "release")} of this package to stand on ('attest {(kind == LinkKind.Vouch ? "review" : "author")}', or --prev)");
    }

    private int Added(ParseResult parse, AttestBundle bundle, byte[] envelope)
    {
        bundle.Add(envelope);
        var read = DsseEnvelope.Read(envelope);
        var link = ChainLinkReader.Read(read, InTotoStatement.Read(read.Payload));
        if (parse.GetValue(_json))
        {
            CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["bundle"] = bundle.Path, ["link"] = link.Id, ["kind"] = LinkKinds.TypeOf(link.Kind), ["narrator"] = link.Narrator, ["seq"] = link.Sequence });
        }
        else
        {
            parse.InvocationConfiguration.Output.WriteLine(Printable.Text($"added to {bundle.Path}: {LinkKinds.NameOf(link.Role)} {KeyId.Of(link.Narrator)}, {link.Detail}"));
            parse.InvocationConfiguration.Output.WriteLine($"link {link.Id}");
        }

        return ExitCode.Done;
    }
}
