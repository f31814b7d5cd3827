using System.CommandLine;
using System.Text.Json.Nodes;

namespace PluginHost.Cli.Wasm;

/// <summary><c>wasm run</c>: runs a bare module that is no skill yet.</summary>
internal static class WasmRunCommand
{
    public static Command Create()
    {
        var module = new Argument<string>("module") { Description = "File of the module, in the binary format." };
        var invoke = new Option<string[]>("--invoke")
        {
            Description = "Call this export with these arguments, numbers of its parameters' types.",
            HelpName = "NAME [ARG…]",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            Required = true,
        };
        var fuel = new Option<long?>("--fuel") { Description = "Units of fuel for each call." };
        var timeout = new Option<int>("--timeout") { Description = "Milliseconds for each call.", DefaultValueFactory = _ => 30_000 };
        var memory = new Option<int>("--memory") { Description = "MiB of linear memory.", DefaultValueFactory = _ => 256 };
        var unmetered = new Option<bool>("--unmetered") { Description = "Compile without fuel; the timeout still holds." };
        var repeat = new Option<int>("--repeat") { Description = "Make the call this often.", DefaultValueFactory = _ => 1 };
        var json = CommandOutput.JsonOption();
        AtLeast(timeout, 1);
        AtLeast(memory, 1);
        AtLeast(repeat, 1);

        var command = new Command("run", "Run a bare module: nothing is granted to it.")
        {
            module, invoke, fuel, timeout, memory, unmetered, repeat, json,
        };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var names = parse.GetRequiredValue(invoke);
            var run = new ModuleRun(parse.GetRequiredValue(module), new ModuleRunOptions
            {
                Function = names[0],
                Arguments = names[1..],
                Fuel = parse.GetValue(fuel),
                Timeout = TimeSpan.FromMilliseconds(parse.GetValue(timeout)),
                MemoryBytes = parse.GetValue(memory) * 1024L * 1024,
                Metering = !parse.GetValue(unmetered),
                Repeat = parse.GetValue(repeat),
            });
            return Report(run.Execute(), parse.GetValue(json), parse.InvocationConfiguration);
        }));
        return command;
    }

    private static void AtLeast(Option<int> option, int minimum) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < minimum)
        {
            result.AddError($"{option.Name} must be at least {minimum}");
        }
    });

    private static int Report(ModuleRunReport report, bool json, InvocationConfiguration configuration)
    {
        if (json)
        {
            CommandOutput.Write(configuration.Output, Json(report));
        }
        else
        {
            foreach (var result in report.Calls.SelectMany(call => call.Results))
            {
                configuration.Output.WriteLine(ValueText.Write(result));
            }

            if (report.Trap is { } trap)
            {
                configuration.Error.WriteLine($"{trap.Code}: {CommandOutput.Printable(trap.Message)}");
                foreach (var frame in trap.Stack)
                {
                    configuration.Error.WriteLine($"  at {CommandOutput.Printable(frame)}");
                }
            }
        }

        return report.Trap is null ? ExitCode.Done : ExitCode.Stopped;
    }

    private static JsonObject Json(ModuleRunReport report) => new()
    {
        ["compileMs"] = report.CompileMilliseconds,
        ["calls"] = new JsonArray([.. report.Calls.Select(JsonNode (call) => new JsonObject
        {
            ["ms"] = call.Milliseconds,
            ["fuel"] = call.Fuel,
            ["peakMemoryBytes"] = call.PeakMemoryBytes,
            ["results"] = new JsonArray([.. call.Results.Select(ValueText.Json)]),
            ["trap"] = call.Trap is not { } trap ? null : new JsonObject
            {
                ["kind"] = trap.Code,
                ["message"] = trap.Message,
                ["stack"] = new JsonArray([.. trap.Stack.Select(frame => (JsonNode)frame)]),
            },
        })]),
    };
}
