using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Policy;
using PluginHost.Cli.Wasm;
using PluginHost.Hosting;
using PluginHost.Sandbox;

namespace PluginHost.Cli.Skills;

/// <summary>
/// <c>skills suggest-manifest</c>: runs a bare module once with what the command line names, and prints what a manifest would have to
/// ask for. Development only: it takes no package, no state and no secrets.
/// </summary>
internal static class SuggestManifestCommand
{
    private const long MaxFuel = 10_000_000_000;
    private const long MaxMemoryBytes = 256L * 1024 * 1024;

    public static Command Create()
    {
        var module = new Argument<string>("module") { Description = "File of the module, in the binary format." };
        var arguments = new Argument<string[]>("args") { Description = "Arguments of the program, after --.", Arity = ArgumentArity.ZeroOrMore };
        var invoke = new Option<string?>("--invoke") { Description = "Call this export of an Extism plug-in; without it the program's _start runs.", HelpName = "NAME" };
        var input = new Option<string?>("--input") { Description = "Its input: a text, @FILE, or - for ours. Empty without it.", HelpName = "TEXT|@FILE|-" };
        var directory = new Option<string[]>("--dir") { Description = "Let it use a directory.", HelpName = "HOST[:GUEST][:ro]" };
        var environment = new Option<string[]>("--env") { Description = "An environment variable for it.", HelpName = "K=V" };
        var config = new Option<string[]>("--config") { Description = "A setting for it.", HelpName = "K=V" };
        var allowHttp = new Option<string[]>("--allow-http") { Description = "Let it make requests to a host.", HelpName = "HOST[:PORT]" };
        var resolve = new Option<string[]>("--resolve") { Description = "Connect to an address in place of a host.", HelpName = "HOST:PORT=[http://]ADDR:PORT" };
        var timeout = new Option<int>("--timeout") { Description = "Milliseconds.", DefaultValueFactory = _ => 30_000 };
        var json = CommandOutput.JsonOption();
        var command = new Command("suggest-manifest", "Observe a module once, and print the manifest that what it did would need. For development only.")
        {
            module, arguments, invoke, input, directory, environment, config, allowHttp, resolve, timeout, json,
        };
        var policy = new PolicyFlag();
        policy.AddTo(command);
        command.SetAction((parse, cancellation) => Task.Run(() => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            policy.CheckBareModules(parse);
            var audit = Path.Combine(Directory.CreateTempSubdirectory("pluginhost-observe-").FullName, "audit");
            try
            {
                var error = parse.InvocationConfiguration.Error;
                error.WriteLine("OBSERVING, for development only: only what the command line names is performed. What is printed was chosen by the guest.");
                var report = new ModuleRun(new ModuleRunOptions
                {
                    Module = parse.GetRequiredValue(module),
                    Invoke = parse.GetValue(invoke) is { } called ? [called] : null,
                    ProgramArguments = parse.GetValue(arguments) ?? [],
                    Input = parse.GetValue(input) ?? "",
                    Directories = parse.GetValue(directory) ?? [],
                    Environment = parse.GetValue(environment) ?? [],
                    Config = parse.GetValue(config) ?? [],
                    AllowedHosts = parse.GetValue(allowHttp) ?? [],
                    Resolve = parse.GetValue(resolve) ?? [],
                    Limits = new GuestLimits { Fuel = MaxFuel, Time = TimeSpan.FromMilliseconds(parse.GetValue(timeout)), MemoryBytes = MaxMemoryBytes },
                    Metering = true,
                    Repeat = 1,
                    Audit = audit,
                    Collect = true,
                }).Execute(cancellation);
                var suggested = ManifestSuggestion.Of(Observation.Read(audit), report.Last);
                if (parse.GetValue(json))
                {
                    CommandOutput.Write(parse.InvocationConfiguration.Output, Json(report.Last, suggested));
                    return ExitCode.Done;
                }

                foreach (var denial in report.Last.Denials)
                {
                    error.WriteLine(Printable.Text($"denied: {denial.Capability} on {denial.Resource}"));
                }

                if (report.Last.Stop is { } stop)
                {
                    error.WriteLine(Printable.Text($"ended early: {stop.Code}: {stop.Message}"));
                }

                parse.InvocationConfiguration.Output.Write(suggested);
                return ExitCode.Done;
            }
            finally
            {
                Directory.Delete(Path.GetDirectoryName(audit)!, recursive: true);
            }
        })));
        return command;
    }

    private static JsonObject Json(GuestResult result, string suggested) => new()
    {
        ["manifest"] = suggested,
        ["denials"] = new JsonArray([.. result.Denials.Select(denial => JsonNode.Parse(denial.ToJson()))]),
        ["ended"] = result.Stop is { } stop ? new JsonObject { ["code"] = stop.Code, ["message"] = stop.Message } : null,
    };
}
