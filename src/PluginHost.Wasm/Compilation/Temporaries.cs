using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>CLR locals for values on their way. One is free again when the expression that owns it was emitted.</summary>
internal sealed class Temporaries(CilBuffer cil)
{
    private readonly Dictionary<ValType, Stack<int>> _free = [];
    private readonly Dictionary<int, ValType> _types = [];

    public int Take(ValType type)
    {
        if (_free.TryGetValue(type, out var free) && free.TryPop(out var local))
        {
            return local;
        }

        local = cil.DeclareLocal(ClrTypes.Of(type));
        _types.Add(local, type);
        return local;
    }

    public void Return(int local)
    {
        var type = _types[local];
        if (!_free.TryGetValue(type, out var free))
        {
            _free[type] = free = new Stack<int>();
        }

        free.Push(local);
    }
}
