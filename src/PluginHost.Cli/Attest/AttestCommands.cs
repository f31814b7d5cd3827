using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Vulnerabilities;

namespace PluginHost.Cli.Attest;

/// <summary><c>attest</c>: says something of a skill, signed.</summary>
internal static class AttestCommands
{
    private static readonly string[] Reviewed = ["reviewed-source", "reviewed-permissions", "ran-sandbox", "reproduced-build", "no-prompt-injection"];
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static Command Create() => new("attest", "Say something of a skill, signed: links of the chain that others can follow.") { Author(), Build(), Audit(), Vulnerabilities(), Review(), Vouch(), Violation(), AttestVerifyCommand.Create() };

    private static Command Author()
    {
        var flags = new AttestFlags();
        var successor = new Option<bool>("--successor") { Description = "The key followed the one that signed the package: hosts take its word where they know that." };
        return flags.Complete(new Command("author", "Say, as its publisher, that a package is a release.") { flags.Artifact, successor }, LinkKind.Authorship, (parse, json, skill) =>
        {
            if (!parse.GetValue(successor) && !flags.IsBy(parse, skill.Signature.PublicKey))
            {
                throw new CommandError(ExitCode.Refused, "trust.author", $"the package was signed with another key ({skill.Signature.KeyId}), and a release counts by that or its --successor alone");
            }

            json.WriteString("purl", $"pkg:generic/{skill.Manifest.SkillId}@{skill.Manifest.Version}");
            json.WriteString("packageId", skill.Manifest.SkillId);
        });
    }

    private static Command Build()
    {
        var flags = new AttestFlags();
        var builder = new Option<string>("--builder-id") { Description = "Who ran the build.", HelpName = "URI", Required = true };
        return flags.Complete(
            new Command("build", "Say, as its builder, that the modules of a package were built (SLSA provenance).") { flags.Artifact, builder },
            LinkKind.Build,
            (parse, json, skill) => Predicate(AttestWords.Uri(parse.GetRequiredValue(builder), "--builder-id"), json, skill),
            (_, skill) => skill.Artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)).Select(entry => (entry.Path, Convert.ToHexStringLower(SHA256.HashData(entry.Content)))));
    }

    /// <summary>What <c>provenance.json</c> says of the build, as far as it is a statement.</summary>
    private static void Predicate(string builder, Utf8JsonWriter json, SignedSkill skill)
    {
        using var document = JsonDocument.Parse(skill.Artifact.Find(ProvenanceInspection.Entry)!);
        var own = document.RootElement.TryGetProperty("predicate", out var predicate) && predicate.ValueKind == JsonValueKind.Object ? predicate : default;
        json.WritePropertyName("buildDefinition");
        if (own.ValueKind == JsonValueKind.Object && own.TryGetProperty("buildDefinition", out var definition) && definition.ValueKind == JsonValueKind.Object)
        {
            definition.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("buildType", "urn:pluginhost:build:v1");
            json.WriteStartObject("externalParameters");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject("runDetails");
        json.WriteStartObject("builder");
        json.WriteString("id", builder);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static Command Audit()
    {
        var flags = new AttestFlags();
        var result = new Option<string>("--result") { Description = "PASSED, WARNED or FAILED.", HelpName = "RESULT", Required = true };
        var packs = new Option<string[]>("--rulepack") { Description = "The rules by which it was looked at, and their SHA-256.", HelpName = "NAME=SHA256" };
        var (passed, warned, failed) = (Rules("--passed"), Rules("--warned"), Rules("--failed"));
        var url = new Option<string?>("--url") { Description = "Where more is told.", HelpName = "URL" };
        return flags.Complete(new Command("audit", "Say, as an auditor, what a program found in a package.") { flags.Artifact, result, packs, passed, warned, failed, url }, LinkKind.MachineAudit, (parse, json, _) =>
        {
            var (hasPassed, hasWarned, hasFailed) = (parse.GetValue(passed) is { Length: > 0 }, parse.GetValue(warned) is { Length: > 0 }, parse.GetValue(failed) is { Length: > 0 });
            var word = AttestWords.OneOf(parse.GetRequiredValue(result), "--result", "PASSED", "WARNED", "FAILED");
            var contradiction = word switch
            {
                "PASSED" when hasFailed || hasWarned => "--result PASSED contradicts rules that warned or failed",
                "WARNED" when hasFailed => "--result WARNED contradicts rules that failed",
                "FAILED" when (hasPassed || hasWarned) && !hasFailed => "--result FAILED with rules needs those that failed (--failed)",
                _ => null,
            };
            json.WriteString("result", contradiction is null ? word : throw new CommandError(ExitCode.Usage, "usage.result", contradiction));
            json.WriteStartArray("configuration");
            foreach (var pack in parse.GetValue(packs) ?? [])
            {
                var equals = pack.LastIndexOf('=');
                json.WriteStartObject();
                json.WriteString("name", equals > 0 ? pack[..equals] : throw new CommandError(ExitCode.Usage, "usage.rulepack", $"'{pack}' is not of the form NAME=SHA256"));
                json.WriteStartObject("digest");
                json.WriteString("sha256", pack[(equals + 1)..] is { Length: 64 } digest && digest.All(char.IsAsciiHexDigitLower) ? digest
                    : throw new CommandError(ExitCode.Usage, "usage.rulepack", $"'{pack}' does not end with a SHA-256: 64 lower hexadecimal digits"));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Texts(json, "passedTests", parse.GetValue(passed));
            Texts(json, "warnedTests", parse.GetValue(warned));
            Texts(json, "failedTests", parse.GetValue(failed));
            if (parse.GetValue(url) is { } address)
            {
                json.WriteString("url", AttestWords.Uri(address, "--url"));
            }
        });
    }

    /// <summary><c>attest vulnerabilities</c>: compares the bill of materials with a feed.</summary>
    private static Command Vulnerabilities()
    {
        var flags = new AttestFlags();
        var feed = new Option<string>("--osv") { Description = "Known vulnerabilities: a directory of OSV documents, or a ZIP of them.", HelpName = "PATH", Required = true };
        return flags.Complete(new Command("vulnerabilities", "Say, as an auditor, which known vulnerabilities the components of a package have.") { flags.Artifact, feed }, LinkKind.VulnerabilityAudit, (parse, json, skill) =>
        {
            var started = TimeProvider.System.GetUtcNow();
            var report = new OsvFeed(Path.GetFullPath(parse.GetRequiredValue(feed))).Match(SbomInspection.Check(skill.Artifact).Components, CancellationToken.None);
            if (report.Records == 0)
            {
                throw new CommandError(ExitCode.Usage, "usage.osv", "the feed holds no vulnerability: there is nothing to compare with");
            }

            json.WriteStartObject("scanner");
            json.WriteString("uri", "pkg:nuget/PluginHost");
            json.WriteString("version", ProductVersion.Text);
            json.WriteStartObject("db");
            json.WriteString("uri", "https://osv.dev");
            if (report.Modified is { } modified)
            {
                json.WriteString("lastUpdate", modified.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
            json.WriteStartArray("result");
            foreach (var match in report.Matches.Where(match => match.IsCertain))
            {
                json.WriteStartObject();
                json.WriteString("id", match.Id);
                json.WriteStartArray("severity");
                if (match.Severity.Length > 0)
                {
                    json.WriteStartObject();
                    json.WriteString("method", "osv");
                    json.WriteString("score", match.Severity);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("metadata");
            json.WriteString("scanStartedOn", started.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture));
            json.WriteString("scanFinishedOn", TimeProvider.System.GetUtcNow().UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });
    }

    private static Command Review()
    {
        var flags = new AttestFlags();
        var did = new Option<string[]>("--did") { Description = $"What was done: {string.Join(", ", Reviewed)}.", HelpName = "WHAT", Required = true };
        var name = new Option<string>("--reviewer") { Description = "Who did it: a URI.", HelpName = "URI", Required = true };
        return flags.Complete(new Command("review", "Say, as an auditor, what a person looked at.") { flags.Artifact, did, name }, LinkKind.Review, (parse, json, _) =>
        {
            json.WriteStartObject("verifier");
            json.WriteString("id", AttestWords.Uri(parse.GetRequiredValue(name), "--reviewer"));
            json.WriteStartArray("policies");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("timeCreated", TimeProvider.System.GetUtcNow().UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture));
            Texts(json, "properties", [.. parse.GetRequiredValue(did).Distinct(StringComparer.Ordinal).Select(what => LinkKinds.ReviewProperty(AttestWords.OneOf(what, "--did", Reviewed).ToUpperInvariant().Replace('-', '_')))]);
        });
    }

    private static Command Vouch()
    {
        var flags = new AttestFlags();
        var level = new Option<string>("--level") { Description = "How much: low, medium or high.", HelpName = "LEVEL", DefaultValueFactory = _ => "medium" };
        var scope = new Option<string[]>("--scope") { Description = "As what a key is answered for: auditor, voucher, builder, publisher:NAME.", HelpName = "SCOPE" };
        var expires = new Option<string>("--expires") { Description = "Until when, RFC 3339 in UTC.", HelpName = "TIME", Required = true };
        var forSkill = flags.Complete(new Command("skill", "Answer for a skill: its audits are what it stands on.") { flags.Artifact, level, expires }, LinkKind.Vouch, (parse, json, skill) =>
        {
            json.WriteStartObject("target");
            json.WriteString("kind", "skill");
            json.WriteString("payload", skill.Artifact.Payload);
            json.WriteEndObject();
            Terms(parse, json, level, null, expires);
        });
        var keyFlags = new AttestFlags();
        var key = new Argument<string>("key") { Description = "The key that is answered for: 64 hexadecimal digits, with or without ed25519: before them." };
        var forKey = new Command("key", "Answer for a key, into a bundle of vouches (--bundle).") { key, level, scope, expires };
        keyFlags.AddTo(forKey);
        forKey.SetAction(parse => keyFlags.Guard(parse, () =>
        {
            var text = AttestWords.Key(parse.GetRequiredValue(key));
            return keyFlags.VouchForKey(parse, text, json =>
            {
                json.WriteStartObject("target");
                json.WriteString("kind", "key");
                json.WriteString("key", ChainLinkReader.Text(text));
                json.WriteEndObject();
                Terms(parse, json, level, scope, expires);
            });
        }));
        return new Command("vouch", "Answer, as a voucher, for a skill or a key.") { forSkill, forKey };
    }

    private static void Terms(ParseResult parse, Utf8JsonWriter json, Option<string> level, Option<string[]>? scope, Option<string> expires)
    {
        json.WriteString("level", AttestWords.OneOf(parse.GetRequiredValue(level), "--level", "low", "medium", "high"));
        Texts(json, "scope", scope is null ? [] : Scopes(parse.GetValue(scope) ?? []));
        var until = AttestFlags.Time(parse.GetRequiredValue(expires), "--expires");
        json.WriteString("expires", until > TimeProvider.System.GetUtcNow() ? ChainLinkReader.Text(until) : throw new CommandError(ExitCode.Usage, "usage.expires", "--expires is over: nobody would count such a vouch"));
    }

    private static string[] Scopes(string[] scopes) =>
        scopes.Length == 0 ? throw new CommandError(ExitCode.Usage, "usage.scope", "a vouch for a key has a --scope: auditor, voucher, builder or publisher:NAME")
        : Array.Find(scopes, scope => scope is not ("auditor" or "voucher" or "builder") && !(scope.StartsWith("publisher:", StringComparison.Ordinal) && scope.Length > "publisher:".Length && !scope.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))) is { } odd
            ? throw new CommandError(ExitCode.Usage, "usage.scope", $"'{odd}' is no scope: auditor, voucher, builder or publisher:NAME")
        : scopes;

    private static Command Violation()
    {
        var flags = new AttestFlags();
        var severity = new Option<string>("--severity") { Description = "malicious, high, medium or low.", HelpName = "SEVERITY", Required = true };
        var reason = new Option<string>("--reason") { Description = "What it does.", HelpName = "TEXT", Required = true };
        var versions = new Option<string?>("--versions") { Description = "Which versions do it, in words of the auditor's.", HelpName = "RANGE" };
        return flags.Complete(new Command("violation", "Say, as an auditor, that a skill does harm.") { flags.Artifact, severity, reason, versions }, LinkKind.Violation, (parse, json, skill) =>
        {
            json.WriteString("severity", AttestWords.OneOf(parse.GetRequiredValue(severity), "--severity", "malicious", "high", "medium", "low"));
            json.WriteString("reason", AttestWords.Said(parse.GetRequiredValue(reason), "--reason"));
            json.WriteStartArray("evidence");
            json.WriteEndArray();
            json.WriteString("versions", parse.GetValue(versions) ?? $"= {skill.Manifest.Version}");
        });
    }

    private static Option<string[]> Rules(string name) => new(name) { Description = $"Id of a rule that {name[2..]}.", HelpName = "RULE" };

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string>? texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts ?? [])
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
