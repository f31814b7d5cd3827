using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Skills.Cryptography;
using PluginHost.Hosting;

namespace PluginHost.Cli.Keys;

/// <summary><c>keys show</c>: tells the public half of a key, and its id.</summary>
internal static class KeysShowCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("key") { Description = "File of the key." };
        var passphrase = Passphrase.Option();
        var json = CommandOutput.JsonOption();
        var command = new Command("show", "Tell the id and the public half of a signing key.") { file, passphrase, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var path = parse.GetRequiredValue(file);
            using var key = Read(path, () => Passphrase.Get(parse.GetValue(passphrase), twice: false));
            var (output, publicKey) = (parse.InvocationConfiguration.Output, Convert.ToHexStringLower(key.PublicKey));
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["key_file"] = path, ["key_id"] = key.KeyId, ["public_key"] = publicKey });
            }
            else
            {
                output.WriteLine($"key id {key.KeyId}");
                output.WriteLine($"public key {publicKey}");
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static SigningKey Read(string path, Func<string> passphrase)
    {
        try
        {
            return SigningKey.Read(BoundedFile.Read(path, SigningKey.MaxFileBytes), passphrase);
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.key", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
