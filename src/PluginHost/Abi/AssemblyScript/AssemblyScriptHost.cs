using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Abi.AssemblyScript;

/// <summary>What AssemblyScript's own runtime imports from <c>env</c>.</summary>
internal static class AssemblyScriptHost
{
    public const string Module = "env";

    private const int MaxMessageBytes = 4096;

    public static void Define(Linker linker)
    {
        linker.Define(Module, "abort", (Action<Caller, int, int, int, int>)((caller, message, file, line, column) =>
            throw new AbortException($"{Text(caller, message)} ({Text(caller, file)}:{line}:{column})")));
        linker.Define(Module, "seed", (Func<Caller, double>)(caller => Seed(GuestInterfaces.Of(caller).Call)));
    }

    private static double Seed(GuestCall call)
    {
        const int bytes = 8;
        var allowed = call.QuietBytes(Capability.Random) + bytes <= call.Grant.RandomBytes;
        call.DemandQuiet(Capability.Random, "seed", allowed, bytes, allowed ? "" : $"more than {call.Grant.RandomBytes} random bytes in one call");
        Span<byte> seed = stackalloc byte[bytes];
        RandomNumberGenerator.Fill(seed);
        return BinaryPrimitives.ReadInt64LittleEndian(seed) & 0xF_FFFF_FFFF_FFFF;
    }

    /// <summary>A string of AssemblyScript: UTF-16, its length in bytes before it.</summary>
    private static string Text(Caller caller, int address)
    {
        if (address == 0)
        {
            return "";
        }

        try
        {
            var memory = GuestMemory.Of(caller);
            var length = Math.Min(memory.U32(address - 4), MaxMessageBytes) & ~1u;
            return Encoding.Unicode.GetString(memory.Bytes(address, length));
        }
        catch (WasiException)
        {
            return "(unreadable)";
        }
    }
}
