using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Cli.Library;
using PluginHost.Hosting;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Service;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;

namespace PluginHost.Cli.Registries;

/// <summary>The verbs of a registry: those that write one, one that looks at all of it, and one by which a host follows it.</summary>
internal static class RegistryCommands
{
    public static Command Create() => new("registry", "Work with registries.") { Init(), Publish(), RegistryAuditCommand.Create(), Yank(), RegistryServeCommand.Create(), RegistrySyncCommand.Create() };

    private static Command Init()
    {
        var verb = new RegistryVerb { IsNew = true };
        var name = new Option<string>("--name") { Description = "What it is called; its index is signed under that name.", HelpName = "NAME", Required = true };
        var origin = new Option<string>("--log-origin") { Description = "Name of its log: its address without the scheme.", HelpName = "NAME", Required = true };
        var lifetime = new Option<int>("--lifetime") { Description = "For how many hours what it says is fresh.", HelpName = "HOURS", DefaultValueFactory = _ => 24 };
        var command = new Command("init", "Begin a registry: a directory that any web server can serve.") { verb.Place, name, origin, lifetime };
        return verb.Complete(command, (parse, files, keys, _) =>
        {
            var hours = parse.GetValue(lifetime) is > 0 and <= 8_784 and var asked ? asked : throw new CommandError(ExitCode.Usage, "usage.lifetime", "--lifetime is a number of hours, at most a year");
            using var registry = RegistryWriter.Create(files, parse.GetRequiredValue(name), parse.GetRequiredValue(origin), TimeSpan.FromHours(hours), keys, TimeProvider.System);
            var description = registry.Content.Description;
            return Task.FromResult<(IEnumerable<string>, JsonObject)>((
                [$"began {description.Name} in {parse.GetRequiredValue(verb.Place)}", $"hosts list its key: trust registry add URL={description.Key}", $"whoever follows its log writes into a policy: log {description.Log}"],
                new JsonObject { ["registry"] = parse.GetRequiredValue(verb.Place), ["name"] = description.Name, ["key"] = description.Key, ["log"] = description.Log, ["expires"] = registry.Content.Timestamp.Expires.UtcDateTime }));
        });
    }

    private static Command Publish()
    {
        var verb = new RegistryVerb();
        var artifact = new Argument<string?>("artifact") { Description = "File of a package, with its bundle beside it; without one the registry says again what it holds, and stays fresh.", Arity = ArgumentArity.ZeroOrOne };
        var fresh = new Option<bool>("--new-publisher") { Description = "Give the publisher its name here: from now on its packages are signed by this key." };
        var roots = new Option<string?>("--registry-ca-cert") { Description = "For a registry behind an address: certificates (PEM) that its own has to come from.", HelpName = "FILE" };
        verb.Place.Description = "The registry's directory; with --postgresql its name in the database; or its address, to which a publisher sends a package with its own key (--key).";
        var command = new Command("publish", "Take a package that every check accepts, put its links into the log, and sign the index; or send one to a registry that takes uploads.") { verb.Place, artifact, fresh, roots };
        return verb.Complete(command, async (parse, files, keys, options) =>
        {
            using var registry = RegistryWriter.Open(files, keys, TimeProvider.System);
            if (parse.GetValue(artifact) is not { } path)
            {
                await registry.RefreshAsync(options, CancellationToken.None).ConfigureAwait(false);
                var until = registry.Content.Timestamp.Expires;
                return ([$"{registry.Content.Description.Name} is fresh until {until:u}"], Json(registry.Content, new JsonObject()));
            }

            var bundle = path + RegistryFiles.BundleExtension;
            var published = await registry.PublishAsync(
                InputFiles.Read(path, ArchiveLimits.TotalBytes), File.Exists(bundle) ? InputFiles.Read(bundle, EvidenceBundle.MaxBytesWithProofs) : [],
                options with { MayDelegate = parse.GetValue(fresh) }, CancellationToken.None).ConfigureAwait(false);
            return (
                [string.Create(CultureInfo.InvariantCulture, $"{(published.IsNew ? "published" : "took more about")} {published.Skill} {published.Version} by {published.Publisher}: {published.Links} links, {published.Logged} of them new in the log"), $"payload {published.Payload}"],
                Json(registry.Content, new JsonObject
                {
                    ["skill_id"] = published.Skill, ["version"] = published.Version, ["publisher"] = published.Publisher, ["payload_sha256"] = published.Payload,
                    ["artifact"] = published.Path, ["links"] = published.Links, ["logged"] = published.Logged, ["new"] = published.IsNew,
                }));
        }, async (parse, key) =>
        {
            var place = parse.GetRequiredValue(verb.Place).TrimEnd('/') + "/";
            var address = Uri.TryCreate(place, UriKind.Absolute, out var uri) && PublicAddress.Is(uri)
                ? uri
                : throw new CommandError(ExitCode.Usage, "usage.registry", $"'{place}' is no https address (http is for this machine alone)");
            var path = parse.GetValue(artifact) ?? throw new CommandError(ExitCode.Usage, "usage.artifact", "a package is sent to a registry behind an address");
            var bundle = path + RegistryFiles.BundleExtension;
            var (package, links) = (InputFiles.Read(path, ArchiveLimits.TotalBytes), File.Exists(bundle) ? InputFiles.Read(bundle, EvidenceBundle.MaxBytesWithProofs) : []);
            var certificates = parse.GetValue(roots) is { } file ? RegistryFlags.Certificates(file) : null;
            UploadAnswer answer;
            try
            {
                answer = await RegistryUploadClient.PublishAsync(address, package, links, key, certificates, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new CommandError(ExitCode.Environment, "environment.network", e.Message);
            }

            return (
                [$"sent {Path.GetFileName(path)} to {address}: {answer.Skill} {answer.Version}, {answer.Links} links, {answer.Logged} of them new in the log"],
                new JsonObject { ["registry"] = address.AbsoluteUri, ["skill_id"] = answer.Skill, ["version"] = answer.Version, ["payload_sha256"] = answer.Payload, ["links"] = answer.Links, ["logged"] = answer.Logged });
        });
    }

    private static Command Yank()
    {
        var verb = new RegistryVerb();
        var skill = new Argument<string>("skill") { Description = "The skill." };
        var version = new Argument<string>("version") { Description = "Its version." };
        var reason = new Option<string>("--reason") { Description = "Why; hosts show it.", HelpName = "TEXT", Required = true };
        var kill = new Option<bool>("--kill") { Description = "It must not run: hosts that follow the registry quarantine it." };
        var advise = new Option<bool>("--advise") { Description = "It is offered as before, and people should know." };
        var command = new Command("yank", "Say something against a version; it is not offered any more. That is never taken back.") { verb.Place, skill, version, reason, kill, advise };
        return verb.Complete(command, async (parse, files, keys, options) =>
        {
            if (parse.GetValue(kill) && parse.GetValue(advise))
            {
                throw new CommandError(ExitCode.Usage, "usage.yank", "--kill and --advise exclude each other");
            }

            var action = parse.GetValue(kill) ? AdvisoryAction.Kill : parse.GetValue(advise) ? AdvisoryAction.Advise : AdvisoryAction.Yank;
            using var registry = RegistryWriter.Open(files, keys, TimeProvider.System);
            var said = await registry.AdviseAsync(action, parse.GetRequiredValue(skill), parse.GetRequiredValue(version), parse.GetRequiredValue(reason), options, CancellationToken.None).ConfigureAwait(false);
            return (
                [$"{RegistryAdvisory.NameOf(action)} {said.Skill} {said.Version}: {said.Reason}", $"payload {said.Payload}"],
                Json(registry.Content, new JsonObject { ["action"] = RegistryAdvisory.NameOf(action), ["skill_id"] = said.Skill, ["version"] = said.Version, ["payload_sha256"] = said.Payload, ["reason"] = said.Reason, ["advisory"] = said.Id }));
        });
    }

    private static JsonObject Json(RegistryContent content, JsonObject json)
    {
        json["registry"] = content.Description.Name;
        json["timestamp_version"] = content.Timestamp.Version;
        json["expires"] = content.Timestamp.Expires.UtcDateTime;
        json["packages"] = content.Entries.Length;
        return json;
    }
}
