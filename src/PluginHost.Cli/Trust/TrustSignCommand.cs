using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Keys;
using PluginHost.Hosting;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Cli.Trust;

/// <summary><c>trust sign</c>: puts operators' signatures under a list of revocations.</summary>
internal static class TrustSignCommand
{
    public static Command Create()
    {
        var list = new Argument<string>("list") { Description = "The list: JSON with sequence, keys and payloads." };
        var keys = new Option<string[]>("--key") { Description = "File of an operator's key.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output") { Description = "File of the signed list.", HelpName = "FILE", Required = true };
        var passphrase = Passphrase.Option();
        var json = CommandOutput.JsonOption();
        var command = new Command("sign", "Sign a list of revocations as operators.") { list, keys, output, passphrase, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var signers = new List<SigningKey>();
            try
            {
                var revocations = RevocationList.Parse(InputFiles.Read(parse.GetRequiredValue(list), DsseEnvelope.MaxBytes));
                signers.AddRange(parse.GetRequiredValue(keys).Select(file => SigningKey.Read(InputFiles.Read(file, SigningKey.MaxFileBytes), () => Passphrase.Get(parse.GetValue(passphrase), twice: false))));
                PrivateFiles.Replace(parse.GetRequiredValue(output), revocations.Sign(signers));
                var text = $"wrote {parse.GetRequiredValue(output)}: list {revocations.Sequence}, signed with {string.Join(", ", signers.Select(key => key.KeyId))}";
                if (parse.GetValue(json))
                {
                    CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject { ["list"] = parse.GetRequiredValue(output), ["sequence"] = revocations.Sequence, ["keys"] = new JsonArray([.. signers.Select(key => (JsonNode)key.KeyId)]) });
                }
                else
                {
                    parse.InvocationConfiguration.Output.WriteLine(Printable.Text(text));
                }

                return ExitCode.Done;
            }
            catch (FormatException e)
            {
                throw new CommandError(ExitCode.Refused, "trust.form", e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
            }
            finally
            {
                signers.ForEach(key => key.Dispose());
            }
        }));
        return command;
    }
}
