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
        foreach (var file in Directory.GetFiles(arguments[0], "*.wasm").Order(StringComparer.Ordinal))
        {
            Run(Path.GetFileName(file), File.ReadAllBytes(file), options, output);
        }

        return 0;
    }

    private static void Run(string name, byte[] bytes, CompilationOptions options, TextWriter output)
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
            return;
        }
        catch (WasmTrapException trap)
        {
            output.WriteLine($"{name} start {Kind(trap.Kind)}");
            return;
        }

        foreach (var export in module.Exports.Where(export => export.Kind == ExternalKind.Function && module.Functions[export.Index].Parameters.IsEmpty))
        {
            instance.GetFunction("hangLimitInitializer")?.Invoke();
            var before = store.Fuel;
            var outcome = Call(instance, export.Name);
            output.WriteLine($"{name} {export.Name} {outcome}");
            if (outcome == "trap stack")
            {
                return;
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
    }

    private static string Call(Instance instance, string export)
    {
        var function = instance.GetFunction(export)!;
        if (function.Type.Results.Contains(ValType.V128))
        {
            // JavaScript cannot call what leaves a vector.
            return "trap vector";
        }

        try
        {
            return string.Join(',', function.Invoke().Select(Text));
        }
        catch (WasmTrapException trap)
        {
            return $"trap {Kind(trap.Kind)}";
        }
    }

    private static Linker Linker(Action<string> log) => new Linker()
        .Define("fuzzing-support", "log-i32", HostFunction.Create((Action<Caller, int>)((_, value) => log(Text(WasmValue.FromI32(value))))))
        .Define("fuzzing-support", "log-i64", HostFunction.Create((Action<Caller, long>)((_, value) => log(Text(WasmValue.FromI64(value))))))
        .Define("fuzzing-support", "log-f32", HostFunction.Create((Action<Caller, float>)((_, value) => log(Text(WasmValue.FromF32(value))))))
        .Define("fuzzing-support", "log-f64", HostFunction.Create((Action<Caller, double>)((_, value) => log(Text(WasmValue.FromF64(value))))))
        .Define("fuzzing-support", "log-v128", HostFunction.Create(
            new FunctionType([ValType.V128], []), (_, arguments, _) => log($"{Half(arguments[0].Bits)},{Half(arguments[0].High)}")));

    /// <summary>Half a vector. Which NaN a vector instruction makes is left open.</summary>
    private static string Half(long bits) =>
        double.IsNaN(BitConverter.Int64BitsToDouble(bits)) ? "nan" : bits.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>As JavaScript sees it: every number but i64 is a double, and all NaN are one.</summary>
    private static string Text(WasmValue value) => value.Type switch
    {
        ValType.I32 => Text(value.I32),
        ValType.I64 => value.I64.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ValType.F32 => Text(value.F32),
        ValType.F64 => Text(value.F64),
        _ => value == WasmValue.Default(value.Type) ? "null" : "reference",
    };

    private static string Text(double value) => double.IsNaN(value) ? "nan" : BitConverter.DoubleToUInt64Bits(value).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    private static string Kind(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "memory",
        TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "table",
        TrapKind.IntegerDivideByZero => "zero",
        TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "number",
        TrapKind.UninitializedElement or TrapKind.IndirectCallTypeMismatch => "callee",
        TrapKind.CallStackExhausted or TrapKind.HostStackExhausted => "stack",
        _ => $"other {kind}",
    };
}
