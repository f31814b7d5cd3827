using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Finds out whether a function may compare a rotated number with zero. The JIT of .NET 10 does that by flags which rotations
/// do not set; where it may, they are hidden from it. What passes through memory, a call or a global is a new number to the JIT.
/// </summary>
internal sealed class RotationTests
{
    private readonly HashSet<int> _rotated = [];
    private readonly HashSet<int> _tested = [];
    private readonly Dictionary<int, HashSet<int>> _copies = [];
    private bool _testsRotation;

    /// <summary>A local of the guest's is set.</summary>
    public void Assign(int local, Expression value)
    {
        if (MayRotate(value))
        {
            _rotated.Add(local);
        }

        ForEachLocal(value, read =>
        {
            if (!_copies.TryGetValue(read, out var copies))
            {
                _copies.Add(read, copies = []);
            }

            copies.Add(local);
        });
    }

    /// <summary>A value is compared, or decides where to go.</summary>
    public void Test(Expression value)
    {
        _testsRotation |= MayRotate(value);
        ForEachLocal(value, local => _tested.Add(local));
    }

    public bool Found()
    {
        var pending = new Stack<int>(_rotated);
        while (!_testsRotation && pending.TryPop(out var local))
        {
            _testsRotation = _tested.Contains(local);
            foreach (var copy in _copies.GetValueOrDefault(local) ?? [])
            {
                if (_rotated.Add(copy))
                {
                    pending.Push(copy);
                }
            }
        }

        return _testsRotation;
    }

    /// <summary>Where a temporary comes from is not known, so it counts as rotated.</summary>
    private static bool MayRotate(Expression? e) => e is not null && e.Kind switch
    {
        ExpressionKind.Temporary => true,
        ExpressionKind.Operation =>
            e.Operation!.Code is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr || MayRotate(e.First) || MayRotate(e.Second),
        _ => false,
    };

    private static void ForEachLocal(Expression? e, Action<int> action)
    {
        if (e is { Kind: ExpressionKind.Local })
        {
            action(e.Index);
        }
        else if (e is { Kind: ExpressionKind.Operation })
        {
            ForEachLocal(e.First, action);
            ForEachLocal(e.Second, action);
        }
    }
}
