using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.Skills.Cryptography;
using PluginHost.State;

namespace PluginHost.Cli.Keys;

/// <summary><c>keys generate</c>: makes a signing key and writes it where only its owner can read it.</summary>
internal static class KeysGenerateCommand
{
    private const string DefaultName = "publisher.pem";

    public static Command Create()
    {
        var output = new Option<string?>("--output") { Description = $"File of the key, which must not exist; without it {DefaultName} in the state's keys.", HelpName = "FILE" };
        var plain = new Option<bool>("--no-passphrase") { Description = "Write the key unencrypted." };
        var passphrase = Passphrase.Option();
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("generate", "Make an Ed25519 key to sign packages with.") { output, plain, passphrase, state, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            if (parse.GetValue(plain) && parse.GetValue(passphrase) is not null)
            {
                throw new CommandError(ExitCode.Usage, "usage.passphrase", "--passphrase and --no-passphrase exclude each other");
            }

            var path = parse.GetValue(output) ?? InState(parse.GetValue(state));
            using var key = SigningKey.Generate();
            Write(path, key.ToPem(parse.GetValue(plain) ? null : Passphrase.Get(parse.GetValue(passphrase), twice: true)));
            Report(path, key, !parse.GetValue(plain), parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Done;
        }));
        return command;
    }

    private static string InState(string? flag)
    {
        var root = StateFlag.Open(flag)
            ?? throw new CommandError(ExitCode.Refused, "state.missing", "there is no state directory: name a file with --output, or run 'pluginhost init' first");
        return Path.Combine(root.Keys, DefaultName);
    }

    private static void Write(string path, string pem)
    {
        try
        {
            using var file = PrivateFiles.Create(path);
            file.Write(Encoding.ASCII.GetBytes(pem + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    private static void Report(string path, SigningKey key, bool isEncrypted, bool json, TextWriter output)
    {
        var publicKey = Convert.ToHexStringLower(key.PublicKey);
        if (json)
        {
            CommandOutput.Write(output, new JsonObject
            {
                ["key_file"] = path,
                ["key_id"] = key.KeyId,
                ["public_key"] = publicKey,
                ["encrypted"] = isEncrypted,
            });
            return;
        }

        output.WriteLine($"wrote {path}{(isEncrypted ? "" : ", unencrypted")}");
        output.WriteLine($"key id {key.KeyId}");
        output.WriteLine($"public key {publicKey}");
        output.WriteLine("whoever trusts it gives: --trusted-publisher PUBLISHER=" + publicKey);
    }
}
