using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Consent;
using PluginHost.Hosting;
using PluginHost.Skills.Cryptography;
using PluginHost.State;

namespace PluginHost.Cli.Policy;

/// <summary><c>policy sign</c>: puts an operator's signature beside a policy file.</summary>
internal static class PolicySignCommand
{
    public static Command Create()
    {
        var policy = new Argument<string>("policy") { Description = "The policy file." };
        var key = new Option<string>("--key") { Description = "File of the operator's key.", HelpName = "FILE", Required = true };
        var passphrase = Passphrase.Option();
        var json = CommandOutput.JsonOption();
        var command = new Command("sign", "Sign a policy file, so that it may consent.") { policy, key, passphrase, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var path = parse.GetRequiredValue(policy);
            var (file, keyId) = Sign(path, parse.GetRequiredValue(key), () => Passphrase.Get(parse.GetValue(passphrase), twice: false));
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["signature"] = file, ["key_id"] = keyId });
            }
            else
            {
                output.WriteLine($"wrote {file}, signed with {keyId}");
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static (string File, string KeyId) Sign(string policy, string keyFile, Func<string?> passphrase)
    {
        try
        {
            using var key = SigningKey.Read(BoundedFile.Read(keyFile, SigningKey.MaxFileBytes), passphrase);
            var bytes = BoundedFile.Read(policy, PolicyFile.MaxBytes);
            PolicyFile.Check(bytes);
            PrivateFiles.Replace(policy + SignedPolicy.Suffix, SignedPolicy.Sign(bytes, key));
            return (policy + SignedPolicy.Suffix, key.KeyId);
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
