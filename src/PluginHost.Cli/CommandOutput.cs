using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Cli;

/// <summary>Runs a verb and turns its errors into exit codes, and with <c>--json</c> into JSON.</summary>
internal static class CommandOutput
{
    /// <summary>Characters of a text that a guest may have chosen.</summary>
    private const int MaxText = 4096;

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
            parse.InvocationConfiguration.Error.WriteLine($"{code}: {Printable(message)}");
        }

        return exitCode;
    }

    public static void Write(TextWriter output, JsonNode json) => output.WriteLine(json.ToJsonString(Compact));

    /// <summary>Text that a module may have chosen, without what a terminal would obey.</summary>
    public static string Printable(string text) =>
        string.Concat((text.Length <= MaxText ? text : text[..MaxText] + "…").Select(c => char.IsControl(c) || c is '\u061C' or '\u2028' or '\u2029' || c is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')
            ? $"\\u{(int)c:x4}"
            : c.ToString()));
}
