using System.Security.Cryptography;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Fuzz;

/// <summary>
/// The <c>fuzz</c> verb: runs generated modules and prints a line for each outcome, in the form in which the script beside it
/// prints those of V8.
/// </summary>
internal static class FuzzCommand
{
    public static int Run(string[] arguments, TextWriter output)
    {
        var options = new CompilationOptions { Metering = !arguments.Contains("--unmetered"), ForceFallback = arguments.Contains("--fallback"), ChargeEachBlock = arguments.Contains("--each-block") };
        if (arguments.Contains("--assertions"))
        {
            WabtScript.WriteSupport(arguments[0]);
        }

        foreach (var file in Directory.GetFiles(arguments[0], "*.wasm").Order(StringComparer.Ordinal))
        {
            var script = arguments.Contains("--assertions") ? new WabtScript(Path.GetFileName(file)) : null;
            if (Run(Path.GetFileName(file), File.ReadAllBytes(file), options, script, output))
            {
                script?.Save(Path.ChangeExtension(file, ".json"));
            }
        }

        return 0;
    }

    /// <returns>Whether the module could be run.</returns>
    private static bool Run(string name, byte[] bytes, CompilationOptions options, WabtScript? script, TextWriter output)
    {
        using var store = new Store();
        Instance instance;
        WasmModule module;
        try
        {
            module = WasmModule.Decode(bytes);
            instance = Linker(line => output.WriteLine($"{name} log {line}")).Instantiate(store, CompiledModule.Compile(module, options));
        }
        catch (WasmModuleException)
        {
            output.WriteLine($"{name} start invalid");
            return false;
        }
        catch (WasmTrapException trap)
        {
            output.WriteLine($"{name} start {Outcome.Kind(trap.Kind)}");
            return false;
        }

        foreach (var export in module.Exports.Where(export => export.Kind == ExternalKind.Function && module.Functions[export.Index].Parameters.IsEmpty))
        {
            if (instance.GetFunction("hangLimitInitializer") is { } initializer)
            {
                initializer.Invoke();
                script?.Call("hangLimitInitializer");
            }

            var before = store.Fuel;
            var outcome = Call(instance, export.Name, script);
            output.WriteLine($"{name} {export.Name} {outcome}");
            if (outcome == "trap stack")
            {
                return true;
            }

            if (options.Metering)
            {
                var trapped = outcome.StartsWith("trap", StringComparison.Ordinal) ? " trapped" : "";
                output.WriteLine($"{name} {export.Name} fuel {before - store.Fuel}{trapped}");
            }
        }

        if (module.Exports.FirstOrDefault(export => export.Kind == ExternalKind.Memory) is { } exported)
        {
            var memory = instance.GetMemory(exported.Name)!;
            var content = new byte[memory.Length];
            memory.Read(0, content);
            output.WriteLine($"{name} memory {Convert.ToHexStringLower(SHA256.HashData(content))}");
        }

        return true;
    }

    private static string Call(Instance instance, string export, WabtScript? script)
    {
        var function = instance.GetFunction(export)!;
        if (function.Type.Results.Contains(ValType.V128))
        {
            // JavaScript cannot call what leaves a vector.
            return "trap vector";
        }

        try
        {
            var values = function.Invoke();
            script?.Returned(export, values);
            return string.Join(',', values.Select(Outcome.Text));
        }
        catch (WasmTrapException trap)
        {
            if (trap.Kind is not (TrapKind.CallStackExhausted or TrapKind.HostStackExhausted))
            {
                script?.Trapped(export);
            }

            return $"trap {Outcome.Kind(trap.Kind)}";
        }
    }

    private static Linker Linker(Action<string> log) => new Linker()
        .Define("fuzzing-support", "log-i32", HostFunction.Create((Action<Caller, int>)((_, value) => log(Outcome.Text(WasmValue.FromI32(value))))))
        .Define("fuzzing-support", "log-i64", HostFunction.Create((Action<Caller, long>)((_, value) => log(Outcome.Text(WasmValue.FromI64(value))))))
        .Define("fuzzing-support", "log-f32", HostFunction.Create((Action<Caller, float>)((_, value) => log(Outcome.Text(WasmValue.FromF32(value))))))
        .Define("fuzzing-support", "log-f64", HostFunction.Create((Action<Caller, double>)((_, value) => log(Outcome.Text(WasmValue.FromF64(value))))))
        .Define("fuzzing-support", "log-v128", HostFunction.Create(
            new FunctionType([ValType.V128], []), (_, arguments, _) => log($"{Half(arguments[0].Bits)},{Half(arguments[0].High)}")));

    /// <summary>Half a vector. Which NaN a vector instruction makes is left open, of f64 (whose high half is a NaN of f32 too) and of f32.</summary>
    private static string Half(long bits) => float.IsNaN(BitConverter.Int32BitsToSingle((int)(bits >> 32))) ? "nan"
        : float.IsNaN(BitConverter.Int32BitsToSingle((int)bits)) ? FormattableString.Invariant($"nan after {bits >> 32}")
        : bits.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
