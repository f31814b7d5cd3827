using System.Security.Cryptography;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Fuzz;

/// <summary>The <c>mutants</c> verb: runs mutants of a real module and prints a line for each outcome, as the script beside it does for V8.</summary>
internal static class MutantsCommand
{
    private const long Budget = 2_000_000_000;

    public static int Run(string[] arguments, TextWriter output)
    {
        foreach (var file in Directory.GetFiles(arguments[0], "*.wasm").Order(StringComparer.Ordinal))
        {
            foreach (var line in Outcomes(Path.GetFileName(file), File.ReadAllBytes(file)))
            {
                output.WriteLine(line);
            }
        }

        return 0;
    }

    private static List<string> Outcomes(string name, byte[] bytes)
    {
        using var store = new Store { Fuel = Budget };
        WasmModule module;
        try
        {
            module = WasmModule.Decode(bytes);
        }
        catch (WasmModuleException)
        {
            return [$"{name} invalid"];
        }

        var lines = new List<string> { $"{name} valid" };
        var instance = new Linker().Instantiate(store, CompiledModule.Compile(module));
        foreach (var export in module.Exports.Where(export => export.Kind == ExternalKind.Function))
        {
            var function = instance.GetFunction(export.Name)!;
            if (!function.Type.Parameters.Concat(function.Type.Results).All(type => type is ValType.I32 or ValType.F32 or ValType.F64))
            {
                continue;
            }

            try
            {
                lines.Add($"{name} {export.Name} {string.Join(',', function.Invoke([.. function.Type.Parameters.Select(Three)]).Select(Outcome.Text))}");
            }
            catch (WasmTrapException trap) when (trap.Kind == TrapKind.OutOfFuel)
            {
                return [$"{name} slow"];
            }
            catch (WasmTrapException trap)
            {
                lines.Add($"{name} {export.Name} trap {Outcome.Kind(trap.Kind)}");
                if (Outcome.Kind(trap.Kind) == "stack")
                {
                    return lines;
                }
            }
        }

        var memory = instance.GetMemory("memory")!;
        var content = new byte[memory.Length];
        memory.Read(0, content);
        lines.Add($"{name} memory {Convert.ToHexStringLower(SHA256.HashData(content))}");
        return lines;
    }

    private static WasmValue Three(ValType type) => type switch
    {
        ValType.F32 => WasmValue.FromF32(3),
        ValType.F64 => WasmValue.FromF64(3),
        _ => WasmValue.FromI32(3),
    };
}
