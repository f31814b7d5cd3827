namespace PluginHost.Wasm.Validation;

/// <summary>The operand stack of the validation algorithm. <see cref="ValType.None"/> stands for a type not known.</summary>
internal sealed class OperandTypes(int limit)
{
    private ValType[] _types = new ValType[32];

    public int Height { get; private set; }

    public ValType this[int index] => _types[index];

    public void Clear() => Height = 0;

    public void Push(ValType type)
    {
        if (Height == _types.Length)
        {
            Grow();
        }

        _types[Height++] = type;
    }

    public ValType Pop() => _types[--Height];

    public void Cut(int height) => Height = height;

    private void Grow()
    {
        if (Height >= limit)
        {
            throw new WasmLimitException(nameof(WasmLimits.OperandStack), Height + 1L, limit);
        }

        Array.Resize(ref _types, Math.Min(limit, Height * 2));
    }
}
