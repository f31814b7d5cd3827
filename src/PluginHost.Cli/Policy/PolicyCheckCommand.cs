using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Consent;
using PluginHost.Hosting;

namespace PluginHost.Cli.Policy;

/// <summary><c>policy check</c>: says whether a host would take a policy file. Writes nothing.</summary>
internal static class PolicyCheckCommand
{
    public static Command Create()
    {
        var policy = new Argument<string>("policy") { Description = "The policy file." };
        var keys = new Option<string[]>("--operator-key") { Description = "Public key of an operator who must have signed it.", HelpName = "HEX" };
        var json = CommandOutput.JsonOption();
        var command = new Command("check", "Say whether a host would take a policy file.") { policy, keys, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var path = parse.GetRequiredValue(policy);
            var (options, needsSignature) = Read(path, parse.GetValue(keys) ?? []);
            if (new SkillHostOptionsValidator().Validate(null, options) is { Failed: true } wrong)
            {
                throw new CommandError(ExitCode.Refused, "state.policy", string.Join("; ", wrong.Failures));
            }

            var output = parse.InvocationConfiguration.Output;
            var (signer, accepted) = (options.AcceptedBy, options.AcceptedPayloads.Count);
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["policy"] = path, ["valid"] = true, ["needs_signature"] = needsSignature, ["signed_by"] = signer.Length > 0 ? signer : null, ["accepted_payloads"] = accepted });
            }
            else
            {
                output.WriteLine($"{path} can be used{(needsSignature ? " once an operator has signed it ('pluginhost policy sign')" : "")}{(signer.Length > 0 ? $", signed with {signer}; it consents to {accepted} payloads" : "")}");
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static (SkillHostOptions Options, bool NeedsSignature) Read(string path, string[] keys)
    {
        try
        {
            if (keys.Length > 0)
            {
                return (SkillHostOptions.FromSignedPolicy(path, keys), false);
            }

            var bytes = BoundedFile.Read(path, PolicyFile.MaxBytes);
            PolicyFile.Check(bytes);
            try
            {
                return (PolicyFile.Read(path, bytes), false);
            }
            catch (SkillStateException)
            {
                // It says what only a signed policy may.
                return (PolicyFile.Parse(bytes, isSigned: true), true);
            }
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.operator-key", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
