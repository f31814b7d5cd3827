using System.CommandLine;
using System.Runtime.InteropServices;
using PluginHost.Cli.Keys;
using PluginHost.Hosting;
using PluginHost.Registry.Log;

namespace PluginHost.Cli.Log;

/// <summary><c>log witness</c>: cosigns checkpoints of logs that continue what it has seen.</summary>
internal static class LogWitnessCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("directory") { Description = "Where it remembers what it cosigned; it is made where it is missing." };
        var name = new Option<string>("--name") { Description = "Its name: an address without the scheme.", HelpName = "NAME", Required = true };
        var listen = new Option<string>("--listen") { Description = "Where it listens; for the world put a server with a certificate in front of it.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8089" };
        var (key, passphrase, policy) = (LogFlags.KeyFile("the witness's"), Passphrase.Option(), LogFlags.Policy(required: true));
        var command = new Command("witness", "Cosign checkpoints of the logs of a policy, over HTTP (c2sp.org/tlog-witness), until it is interrupted.") { folder, name, key, passphrase, policy, listen };
        command.SetAction((parse, cancellation) => Task.FromResult(LogFlags.Guard(parse, json: false, async () =>
        {
            if (!Uri.TryCreate(parse.GetValue(listen), UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
            {
                throw new CommandError(ExitCode.Usage, "usage.listen", $"'{parse.GetValue(listen)}' is no http address to listen at");
            }

            using var signer = LogFlags.ReadKey(parse.GetRequiredValue(key), parse.GetValue(passphrase));
            using var witness = new Witness(parse.GetRequiredValue(folder), parse.GetRequiredValue(name), parse.GetRequiredValue(key), signer, LogFlags.ReadPolicy(parse.GetValue(policy)!), TimeProvider.System);
            await using var service = WitnessService.Create(witness, address);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            });
            await service.StartAsync(stop.Token).ConfigureAwait(false);
            parse.InvocationConfiguration.Output.WriteLine(Printable.Text($"{witness.Key.Name} listens at {string.Join(", ", service.Urls)}"));
            parse.InvocationConfiguration.Output.WriteLine($"whoever asks it writes into a policy: witness NAME {witness.Key} {service.Urls.First()}");
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
}
