using System.Reflection;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>Reinterpretations, which the JIT turns into register moves.</summary>
internal static class Bits
{
    public static readonly MethodInfo FromSingle = Members.Method(typeof(BitConverter), nameof(BitConverter.SingleToInt32Bits));
    public static readonly MethodInfo ToSingle = Members.Method(typeof(Numerics), nameof(Numerics.ToSingle));
    public static readonly MethodInfo FromDouble = Members.Method(typeof(BitConverter), nameof(BitConverter.DoubleToInt64Bits));
    public static readonly MethodInfo ToDouble = Members.Method(typeof(BitConverter), nameof(BitConverter.Int64BitsToDouble));
}
