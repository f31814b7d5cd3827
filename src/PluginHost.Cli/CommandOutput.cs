using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PluginHost.Cli.Presentation;
using PluginHost.Hosting;
using PluginHost.Library.Registries;

namespace PluginHost.Cli;

/// <summary>Runs a verb and turns its errors into exit codes, and with <c>--json</c> into JSON.</summary>
internal static class CommandOutput
{
    private static readonly JsonSerializerOptions Compact = new();

    private const int SchemaVersion = 1;

    /// <summary>The option that every verb has.</summary>
    public const string Json = "--json";

    public static Option<bool> JsonOption() => new(Json) { Description = "Print the result, or the error, as JSON." };

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
        catch (RegistryUnreachableException e)
        {
            return Fail(parse, json, ExitCode.Environment, "environment.network", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(parse, json, ExitCode.Environment, "environment.file", e.Message);
        }
        catch (OptionsValidationException e)
        {
            return Fail(parse, json, ExitCode.Usage, "usage.options", e.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(parse, json, ExitCode.Stopped, "limit.cancelled", "the command was interrupted");
        }
        catch (SkillException error)
        {
            var own = error.Code is "state.audit-open" or "state.audit-failed" or "state.create";
            return Fail(parse, json, own ? ExitCode.Environment : ExitCode.Refused, error.Code, error.Message);
        }
    }

    private static int Fail(ParseResult parse, bool json, int exitCode, string code, string message)
    {
        if (json)
        {
            WriteError(parse.InvocationConfiguration.Output, code, message);
        }
        else
        {
            parse.InvocationConfiguration.Error.WriteLine($"{code}: {Printable.Text(message)}");
            parse.InvocationConfiguration.Error.WriteLine($"next: {NextStep.Of(code)}");
        }

        return exitCode;
    }

    public static void WriteError(TextWriter output, string code, string message) =>
        Write(output, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    /// <summary>Writes a result. Which version of its schema it has stands in each object: <c>docs/schemas/cli</c>.</summary>
    public static void Write(TextWriter output, JsonNode json)
    {
        foreach (var result in json is JsonArray results ? results.OfType<JsonObject>() : [json.AsObject()])
        {
            result.Insert(0, "schema_version", SchemaVersion);
        }

        output.WriteLine(json.ToJsonString(Compact));
    }
}
