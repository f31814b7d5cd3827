using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Hosting;

namespace PluginHost.Cli;

/// <summary>Runs a verb and turns its errors into exit codes, and with <c>--json</c> into JSON.</summary>
internal static class CommandOutput
{
    private static readonly JsonSerializerOptions Compact = new();

    public static Option<bool> JsonOption() => new("--json") { Description = "Print the result, or the error, as JSON." };

    public static int Guard(ParseResult parse, bool json, Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (CommandError error)
        {
            return Fail(parse, json, error.ExitCode, error.Code, error.Message);
        }
        catch (SkillException error)
        {
            var own = error.Code is "state.audit-open" or "state.audit-failed";
            return Fail(parse, json, own ? ExitCode.Environment : ExitCode.Refused, error.Code, error.Message);
        }
    }

    private static int Fail(ParseResult parse, bool json, int exitCode, string code, string message)
    {
        if (json)
        {
            Write(parse.InvocationConfiguration.Output, new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
            });
        }
        else
        {
            parse.InvocationConfiguration.Error.WriteLine($"{code}: {Printable.Text(message)}");
        }

        return exitCode;
    }

    public static void Write(TextWriter output, JsonNode json) => output.WriteLine(json.ToJsonString(Compact));
}
