using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Cli.Policy;
using PluginHost.Cli.Presentation;
using PluginHost.Hosting;
using PluginHost.Sandbox;

namespace PluginHost.Cli.Wasm;

/// <summary><c>wasm run</c>: runs a bare module that is no skill yet.</summary>
internal static class WasmRunCommand
{
    /// <summary>Systems keep eight bits of an exit code; a larger one must not come out as success.</summary>
    private const int MaxExitCode = 255;

    public static Command Create()
    {
        var module = new Argument<string>("module") { Description = "File of the module, in the binary format." };
        var arguments = new Argument<string[]>("args") { Description = "Arguments of the program, after --.", Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string[]>("--invoke")
        {
            Description = "Call this export with these arguments, numbers of its parameters' types. Without it the program's _start runs under WASI.",
            HelpName = "NAME [ARG…]",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var input = new Option<string?>("--input") { Description = "Standard input: a text, @FILE, or - for ours (the default).", HelpName = "TEXT|@FILE|-" };
        var directory = new Option<string[]>("--dir") { Description = "Let the program use a directory; :ro for reading only.", HelpName = "HOST[:GUEST][:ro]" };
        var environment = new Option<string[]>("--env") { Description = "An environment variable for the program; it sees no other.", HelpName = "K=V" };
        var config = new Option<string[]>("--config") { Description = "A setting for an Extism guest.", HelpName = "K=V" };
        var allowHttp = new Option<string[]>("--allow-http") { Description = "Allow requests to a host: https on 443 unless a port is given.", HelpName = "HOST[:PORT]" };
        var resolve = new Option<string[]>("--resolve") { Description = "Connect to an address in place of a host; it may be private.", HelpName = "HOST:PORT=[http://]ADDR:PORT" };
        var fuel = new Option<long?>("--fuel") { Description = "Units of fuel for each call." };
        var timeout = new Option<int>("--timeout") { Description = "Milliseconds for each call.", DefaultValueFactory = _ => 30_000 };
        var memory = new Option<int>("--memory") { Description = "MiB of linear memory.", DefaultValueFactory = _ => 256 };
        var unmetered = new Option<bool>("--unmetered") { Description = "Compile without fuel; the timeout still holds." };
        var repeat = new Option<int>("--repeat") { Description = "Make the call this often, each time in a fresh instance.", DefaultValueFactory = _ => 1 };
        var audit = new Option<string?>("--audit") { Description = "File of the audit log; without it the log lives in memory.", HelpName = "FILE" };
        var json = CommandOutput.JsonOption();
        var policy = new PolicyFlag();
        AtLeast(timeout, 1);
        AtLeast(memory, 1);
        AtLeast(repeat, 1);

        var command = new Command("run", "Run a bare module: nothing is granted to it but what the options say.")
        {
            module, arguments, invoke, input, directory, environment, config, allowHttp, resolve, fuel, timeout, memory, unmetered, repeat, audit, json,
        };
        policy.AddTo(command);
        command.SetAction((parse, cancellation) => Task.Run(() => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            policy.CheckBareModules(parse);
            if (parse.GetValue(fuel) < 0)
            {
                throw new CommandError(ExitCode.Usage, "usage.fuel", "--fuel cannot be negative");
            }

            if (parse.GetValue(unmetered) && parse.GetValue(fuel) is not null)
            {
                throw new CommandError(ExitCode.Usage, "usage.fuel", "--fuel and --unmetered exclude each other");
            }

            var run = new ModuleRun(new ModuleRunOptions
            {
                Module = parse.GetRequiredValue(module),
                Invoke = parse.GetValue(invoke) is { Length: > 0 } called ? called : null,
                ProgramArguments = parse.GetValue(arguments) ?? [],
                Input = parse.GetValue(input),
                Directories = parse.GetValue(directory) ?? [],
                Environment = parse.GetValue(environment) ?? [],
                Config = parse.GetValue(config) ?? [],
                AllowedHosts = parse.GetValue(allowHttp) ?? [],
                Resolve = parse.GetValue(resolve) ?? [],
                Limits = new GuestLimits
                {
                    Fuel = parse.GetValue(fuel),
                    Time = TimeSpan.FromMilliseconds(parse.GetValue(timeout)),
                    MemoryBytes = parse.GetValue(memory) * 1024L * 1024,
                },
                Metering = !parse.GetValue(unmetered),
                Repeat = parse.GetValue(repeat),
                Audit = parse.GetValue(audit),
                Collect = parse.GetValue(json),
            });
            return Report(run.Execute(cancellation), parse.GetValue(json), parse.InvocationConfiguration);
        })));
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
            foreach (var call in report.Calls.Where(call => call.Result.Output.Length > 0))
            {
                using var stream = Console.OpenStandardOutput();
                stream.Write(call.Result.Output);
            }

            foreach (var value in report.Calls.SelectMany(call => call.Result.Values))
            {
                configuration.Output.WriteLine(ValueText.Write(value));
            }

            Explain(report.Last, configuration.Error);
        }

        return report.Last.Stop switch
        {
            null => report.Last.ExitCode is >= 0 and <= MaxExitCode ? report.Last.ExitCode : MaxExitCode,
            { Code: "guest.error" } => ExitCode.GuestFailed,
            _ => ExitCode.Stopped,
        };
    }

    private static void Explain(GuestResult result, TextWriter error)
    {
        // A denial that ended the call is told as its end.
        foreach (var denial in result.Stop?.Code == "capability.denied" ? result.Denials.SkipLast(1) : result.Denials)
        {
            error.WriteLine(Printable.Text(
                $"capability.denied: {denial.Capability} on {denial.Resource}: {denial.Rule}. To allow it: {denial.SmallestGrant}"));
        }

        if (result.Stop is { } stop)
        {
            error.WriteLine($"{stop.Code}: {Printable.Text(stop.Message)}");
            foreach (var frame in stop.Stack)
            {
                error.WriteLine($"  at {Printable.Text(frame)}");
            }

            error.WriteLine($"next: {NextStep.Of(stop.Code)}");
        }
    }

    private static JsonObject Json(ModuleRunReport report) => new()
    {
        ["compileMs"] = report.CompileMilliseconds,
        ["auditHead"] = report.AuditHead,
        ["calls"] = new JsonArray([.. report.Calls.Select(Json)]),
    };

    private static JsonNode Json(ModuleCall call)
    {
        var json = new JsonObject
        {
            ["ms"] = call.Result.Time.TotalMilliseconds,
            ["fuel"] = call.Result.Fuel,
            ["peakMemoryBytes"] = call.Result.PeakMemoryBytes,
            ["results"] = new JsonArray([.. call.Result.Values.Select(ValueText.Json)]),
            ["output"] = Encoding.UTF8.GetString(call.Output ?? []),
            ["exitCode"] = call.Result.ExitCode,
            ["denials"] = new JsonArray([.. call.Result.Denials.Select(denial => JsonNode.Parse(denial.ToJson()))]),
            ["trap"] = call.Result.Stop is not { } stop ? null : new JsonObject
            {
                ["kind"] = stop.Code,
                ["message"] = stop.Message,
                ["stack"] = new JsonArray([.. stop.Stack.Select(frame => (JsonNode)frame)]),
            },
        };
        return json;
    }
}
