using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Variables;
using PluginHost.Gate;
using PluginHost.Hosting;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Wasm;

namespace PluginHost.Cli.Wasm;

/// <summary>Loads a bare module and runs it, with nothing granted but what the flags say, through the host's own gate.</summary>
internal sealed class ModuleRun(ModuleRunOptions options)
{
    private const int MaxInputBytes = 1 << 30;
    private readonly CallPipeline _pipeline = new(TimeProvider.System);

    /// <summary>One for the call, one for a call before it that has not stopped.</summary>
    private readonly EngineThreads _threads = new(2);

    public ModuleRunReport Execute(CancellationToken cancellation)
    {
        using var audit = OpenAudit();
        var bytes = InputFiles.Read(options.Module, WasmLimits.Default.ModuleBytes);
        var clock = Stopwatch.StartNew();
        var module = Load(bytes, audit);
        var compileTime = clock.Elapsed.TotalMilliseconds;
        var entry = Entry(module);
        using var grant = new DirectoryGrants(options.Directories, options.Audit);
        var effective = new EffectiveGrant
        {
            Source = GrantSource.CommandLine,
            Files = grant.Files,
            Environment = KeyValueFlags.Parse("env", options.Environment),
            Http = HttpFlags.Allowed(options.AllowedHosts),
        };
        var settings = new ExtismSettings
        {
            Config = KeyValueFlags.Parse("config", options.Config).ToImmutableDictionary(StringComparer.Ordinal),
            Resolve = HttpFlags.Resolved(options.Resolve),
            Variables = new VariableStore(),
            Log = (level, message) => Console.Error.WriteLine($"[{level}] {Printable.Text(message)}"),
        };
        var calls = new List<ModuleCall>();
        for (var i = 0; i < options.Repeat; i++)
        {
            calls.Add(Call(module, audit, effective, settings, entry, cancellation));
            if (calls[^1].Result.Stop is not null)
            {
                break;
            }
        }

        audit.Flush();
        return new ModuleRunReport(compileTime, audit.Head, calls);
    }

    private AuditLog OpenAudit() =>
        options.Audit is { } path ? AuditLog.Open(path, TimeProvider.System) : AuditLog.InMemory(TimeProvider.System);

    private SandboxedModule Load(byte[] bytes, AuditLog audit)
    {
        var module = SandboxedModule.Load(bytes, options.Metering);
        audit.Append("load", writer =>
        {
            writer.WriteString("skill", "(unsigned)");
            writer.WriteString("payload", module.Digest);
            writer.WriteBoolean("signed", false);
        });
        return module;
    }

    private GuestEntry Entry(SandboxedModule module)
    {
        if (options.Invoke is [var name, .. var arguments])
        {
            return module.SpeaksExtism(name) && arguments.Length == 0 ? GuestEntry.Extism(name)
                : module.HasExport(name) ? new GuestEntry(name, type => Arguments(name, arguments, type))
                : throw new CommandError(ExitCode.Usage, "usage.export", $"the module exports no function '{name}'");
        }

        return module.HasExport(GuestEntry.Start.Export)
            ? GuestEntry.Start
            : throw new CommandError(ExitCode.Usage, "usage.export", "the module exports no '_start'; name an export with --invoke");
    }

    private static WasmValue[] Arguments(string name, string[] texts, FunctionType type)
    {
        if (texts.Length != type.Parameters.Length)
        {
            throw new CommandError(ExitCode.Usage, "usage.arguments", $"'{name}' is {type} and takes {type.Parameters.Length} arguments, not {texts.Length}");
        }

        return [.. texts.Zip(type.Parameters, (text, parameter) => ValueText.Read(text, parameter)
            ?? throw new CommandError(ExitCode.Usage, "usage.arguments", $"'{text}' is no {parameter}"))];
    }

    private ModuleCall Call(
        SandboxedModule module, AuditLog audit, EffectiveGrant grant, ExtismSettings settings, GuestEntry entry, CancellationToken cancellation)
    {
        var output = options.Collect ? new MemoryStream() : null;
        using var input = OpenInput();
        var request = new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(module.Digest),
            Entry = entry,
            Grant = grant,
            Limits = options.Limits,
            Program = new WasiProgram
            {
                Arguments = [Path.GetFileName(options.Module), .. options.ProgramArguments],
                Input = entry.IsExtism ? Stream.Null : input,
                Output = output ?? Console.OpenStandardOutput(),
                Error = Console.OpenStandardError(),
            },
            Extism = entry.IsExtism && options.Input is not null ? settings with { Input = InputFiles.ReadAll(input, MaxInputBytes) } : settings,
        };
        var result = _pipeline
            .ExecuteAsync(options.Limits.Time, deadline => module.CallAsync(_threads, audit, request, deadline, cancellation), cancellation)
            .GetAwaiter().GetResult();
        return new ModuleCall(result, entry.IsExtism ? result.Output : output?.ToArray());
    }

    private Stream OpenInput() => options.Input switch
    {
        null or "-" => Console.OpenStandardInput(),
        ['@', .. var path] => new MemoryStream(InputFiles.Read(path, MaxInputBytes)),
        var text => new MemoryStream(Encoding.UTF8.GetBytes(text)),
    };
}
