using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Log;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Service;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Registries;

/// <summary><c>registry serve</c>: the files of a registry, a page for people, and uploads of publishers whom it knows.</summary>
internal static class RegistryServeCommand
{
    public static Command Create()
    {
        var (files, trust, demands) = (new RegistryFilesFlag(), new TrustFlags(), new InspectionFlags());
        var listen = new Option<string>("--listen") { Description = "Where it listens; for the world put a server with a certificate in front of it.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8088" };
        var key = new Option<string?>("--key") { Description = "File of the registry's key, where it takes uploads; its log's key has to be given, too.", HelpName = "FILE" };
        var logKey = new Option<string?>("--log-key") { Description = "File of its log's key, where it takes uploads.", HelpName = "FILE" };
        var proxy = new Option<string[]>("--proxy") { Description = "Address of a server in front of it, whose X-Forwarded-For and X-Forwarded-Host are believed: without it everybody behind one is one.", HelpName = "IP" };
        var host = new Option<string[]>("--host") { Description = "A name, with its port where that is another than usual, by which uploads may call it; without one what it listens at.", HelpName = "HOST" };
        var (passphrase, policy) = (Passphrase.Option(), LogFlags.Policy());
        policy.Description = "A policy (c2sp.org/tlog-policy) whose witnesses are asked to cosign the log after an upload.";
        var command = new Command("serve", "Hand out a registry, with a page for people, until it is interrupted.") { files.Place, listen, key, logKey, passphrase, policy, proxy, host };
        files.AddTo(command);
        trust.AddWithState(command);
        demands.AddTo(command);
        command.SetAction((parse, cancellation) => Task.FromResult(LogFlags.Guard(parse, json: false, async () =>
        {
            if (!Uri.TryCreate(parse.GetValue(listen), UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
            {
                throw new CommandError(ExitCode.Usage, "usage.listen", $"'{parse.GetValue(listen)}' is no http address to listen at");
            }

            var proxies = (parse.GetValue(proxy) ?? []).Select(text => IPAddress.TryParse(text, out var one) ? one : throw new CommandError(ExitCode.Usage, "usage.proxy", $"'{text}' is no address of a machine")).ToList();
            var names = (parse.GetValue(host) ?? []).Select(text => Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var named) && named.AbsolutePath == "/" && named.UserInfo.Length == 0 ? text : throw new CommandError(ExitCode.Usage, "usage.host", $"'{text}' is no name of a host, with or without a port")).ToList();
            var options = demands.Options(parse);
            var settings = InspectionFlags.Settings(options, StateFlag.Open(trust.State(parse)));
            var (view, rules) = (trust.View(parse, options), trust.Rules(parse, options) with { AllowFirstUse = true, AllowDowngrade = true });
            var opened = files.Open(parse, isNew: false);
            using var disposing = opened as IDisposable;
            using var signer = Key(parse, key, passphrase);
            using var logSigner = Key(parse, logKey, passphrase);
            if (signer is null != logSigner is null)
            {
                throw new CommandError(ExitCode.Usage, "usage.key", "uploads need both keys: --key and --log-key");
            }

            using var uploads = signer is null || logSigner is null ? null : new RegistryUploads(
                () => files.Open(parse, isNew: false), new RegistryKeys(parse.GetValue(key)!, signer, parse.GetValue(logKey)!, logSigner),
                new PublishOptions { Inspection = settings, Tell = parse.InvocationConfiguration.Error.WriteLine, Witnesses = parse.GetValue(policy) is { } file ? LogFlags.ReadPolicy(file) : LogPolicy.Empty },
                TimeProvider.System);
            // Whoever serves a registry knows its log: what stands there is shown as it stands there.
            var own = NoteKey.Parse(new RegistryReader(opened).Read().Description.Log);
            var shown = settings with { Chain = settings.Chain with { Logs = settings.Chain.Logs.With(own) } };
            await using var service = RegistryServer.Create(opened, address, (package, bundle) => PackageJudgement.Of(package, bundle, shown, view, rules with { Now = TimeProvider.System.GetUtcNow() }), uploads, proxies, names, TimeProvider.System);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            });
            await service.StartAsync(stop.Token).ConfigureAwait(false);
            parse.InvocationConfiguration.Output.WriteLine(Printable.Text($"listens at {string.Join(", ", service.Urls)}{(uploads is null ? "" : ", and takes uploads")}"));
            try
            {
                await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await service.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }

            return ExitCode.Done;
        })));
        return command;
    }

    private static SigningKey? Key(ParseResult parse, Option<string?> option, Option<string?> passphrase) => parse.GetValue(option) is { } file ? LogFlags.ReadKey(file, parse.GetValue(passphrase)) : null;
}
