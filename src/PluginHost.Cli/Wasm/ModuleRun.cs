using System.Diagnostics;
using PluginHost.Wasm;

namespace PluginHost.Cli.Wasm;

/// <summary>Loads a bare module and calls one of its exports.</summary>
internal sealed class ModuleRun(string path, ModuleRunOptions options)
{
    /// <summary>Guests run on a stack of their own, so that how deep they may go does not depend on the caller.</summary>
    private const int StackBytes = 16 * 1024 * 1024;

    public ModuleRunReport Execute()
    {
        var bytes = Read();
        var clock = Stopwatch.StartNew();
        var compiled = Compile(bytes);
        var compileTime = clock.Elapsed.TotalMilliseconds;
        var calls = new List<ModuleCall>();
        using var store = new Store(new StoreOptions { MemoryBytes = options.MemoryBytes });
        OnGuestThread(() => Calls(store, compiled, calls));
        return new ModuleRunReport(compileTime, calls);
    }

    private byte[] Read()
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= WasmLimits.Default.ModuleBytes
                ? File.ReadAllBytes(path)
                : throw new CommandError(ExitCode.Refused, "archive.size", $"{path} has {length} bytes, more than {WasmLimits.Default.ModuleBytes}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }

    private CompiledModule Compile(byte[] bytes)
    {
        try
        {
            return CompiledModule.Compile(WasmModule.Decode(bytes), new CompilationOptions { Metering = options.Metering });
        }
        catch (WasmModuleException e)
        {
            throw new CommandError(ExitCode.Refused, "inspection.module", e.Message);
        }
    }

    private static void OnGuestThread(Action action)
    {
        Exception? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    error = e;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        if (error is CommandError known)
        {
            throw new CommandError(known.ExitCode, known.Code, known.Message);
        }

        if (error is not null)
        {
            throw new InvalidOperationException("the engine failed", error);
        }
    }

    private void Calls(Store store, CompiledModule compiled, List<ModuleCall> calls)
    {
        Instance? instance = null;
        for (var i = 0; i < options.Repeat; i++)
        {
            using var deadline = new CancellationTokenSource(options.Timeout);
            using var interruption = store.InterruptOn(deadline.Token);
            var budget = options.Fuel ?? Store.UnlimitedFuel;
            store.Fuel = budget;
            var clock = Stopwatch.StartNew();
            try
            {
                instance ??= Instantiate(store, compiled);
                var function = instance.GetFunction(options.Function)
                    ?? throw new CommandError(ExitCode.Usage, "usage.export", $"the module exports no function '{options.Function}'");
                var arguments = Arguments(function.Type);
                clock.Restart();
                var results = function.Invoke(arguments);
                calls.Add(new ModuleCall(clock.Elapsed.TotalMilliseconds, budget - store.Fuel, store.MemoryBytes, results, null));
            }
            catch (WasmTrapException trap)
            {
                calls.Add(new ModuleCall(clock.Elapsed.TotalMilliseconds, budget - store.Fuel, store.MemoryBytes, [], Describe(trap)));
                return;
            }
        }
    }

    private static Instance Instantiate(Store store, CompiledModule compiled)
    {
        try
        {
            return new Linker().Instantiate(store, compiled);
        }
        catch (WasmLinkException e)
        {
            throw new CommandError(ExitCode.Refused, "inspection.import", e.Message);
        }
        catch (WasmLimitException e)
        {
            throw new CommandError(ExitCode.Stopped, "limit.memory", e.Message);
        }
    }

    private WasmValue[] Arguments(FunctionType type)
    {
        if (options.Arguments.Length != type.Parameters.Length)
        {
            throw new CommandError(
                ExitCode.Usage, "usage.arguments", $"'{options.Function}' is {type} and takes {type.Parameters.Length} arguments, not {options.Arguments.Length}");
        }

        return [.. options.Arguments.Zip(type.Parameters, (text, parameter) => ValueText.Read(text, parameter)
            ?? throw new CommandError(ExitCode.Usage, "usage.arguments", $"'{text}' is no {parameter}"))];
    }

    private static ModuleTrap Describe(WasmTrapException trap) => new(
        trap.Kind switch
        {
            TrapKind.OutOfFuel => "limit.fuel",
            TrapKind.Interrupted => "limit.time",
            TrapKind.CallStackExhausted or TrapKind.HostStackExhausted => "limit.stack",
            var kind => "trap." + Kebab(kind.ToString()),
        },
        trap.Message,
        [.. trap.Stack.Select(frame => frame.ToString())]);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
