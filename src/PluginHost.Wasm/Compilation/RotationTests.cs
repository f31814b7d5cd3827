using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Finds out whether a function may compare a rotated number with zero. The JIT of .NET 10 does that by flags which rotations
/// do not set; where it may, they are hidden from it. A rotation goes through all arithmetic, because the
/// JIT cancels constants; what passes through memory, a call or a global is a new number to it.
/// </summary>
internal sealed class RotationTests
{
    /// <summary>Locals that one value may be; with more it counts as rotated.</summary>
    private const int MaxLocals = 8;

    private readonly HashSet<int> _rotated = [];
    private readonly HashSet<int> _tested = [];
    private readonly Dictionary<int, HashSet<int>> _copies = [];

    /// <summary>What locals hold that were set since the last label.</summary>
    private readonly Dictionary<int, Value> _current = [];
    private bool _testsRotation;

    /// <summary>Paths meet here. The JIT does not look for the definition of a number before that, unless there is one path only.</summary>
    public void Label()
    {
        foreach (var (local, value) in _current)
        {
            if (!value.Rotates)
            {
                _current.Remove(local);
            }
        }
    }

    /// <summary>A local of the guest's is set.</summary>
    public void Assign(int local, Expression expression)
    {
        var value = Of(expression);
        _current[local] = value;
        if (value.Rotates)
        {
            _rotated.Add(local);
        }

        foreach (var source in value.Locals)
        {
            if (!_copies.TryGetValue(source, out var copies))
            {
                _copies.Add(source, copies = []);
            }

            copies.Add(local);
        }
    }

    /// <summary>
    /// Two values are compared. The JIT makes a comparison with zero also of one with 1 or -1, of one of a sum with its
    /// constant part, and of constants that cancel each other.
    /// </summary>
    public void Compare(Expression comparison)
    {
        if (comparison.Second is { Kind: ExpressionKind.Constant } constant && (long)constant.Bits is not (0 or 1 or -1 or uint.MaxValue))
        {
            _testsRotation |= Of(comparison.First!).Rotates;
            return;
        }

        Test(comparison.First!);
        if (comparison.Second is { } second)
        {
            Test(second);
        }
    }

    /// <summary>A value is compared with zero.</summary>
    public void Test(Expression expression)
    {
        var value = Of(expression);
        _testsRotation |= value.Rotates;
        _tested.UnionWith(value.Locals);
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

    /// <summary>What went into a value by arithmetic that the JIT may drop or cancel. Where a temporary comes from is not known.</summary>
    private Value Of(Expression? e)
    {
        switch (e)
        {
            case { Kind: ExpressionKind.Local }:
                return _current.TryGetValue(e.Index, out var current) ? current : new Value([e.Index], false);
            case { Kind: ExpressionKind.Temporary }:
            case { Kind: ExpressionKind.Operation } when IsRotation(e.Operation!.Code):
                return new Value([], true);
            case { Kind: ExpressionKind.Operation } when e.Operation!.Shape == OpcodeShape.Plain && !IsTruth(e.Operation.Code):
                var (first, second) = (Of(e.First), Of(e.Second));
                var locals = HasEffect(e) ? [] : first.Locals.Union(second.Locals).ToArray();
                return locals.Length > MaxLocals ? new Value([], true) : new Value(locals, first.Rotates || second.Rotates);
            default:
                return new Value([], false);
        }
    }

    private static bool IsRotation(Opcode code) => code is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    private static bool IsTruth(Opcode code) => code is Opcode.I32Eqz or Opcode.I64Eqz || (code >= Opcode.I32Eq && code <= Opcode.F64Ge);

    /// <summary>Whether arithmetic has a constant operand with which it changes the number.</summary>
    private static bool HasEffect(Expression e) =>
        e.Second is { Kind: ExpressionKind.Constant } constant && (e.Operation!.Code switch
        {
            Opcode.I32Add or Opcode.I32Sub or Opcode.I32Xor or Opcode.I32Or or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Xor or Opcode.I64Or => constant.Bits != 0,
            Opcode.I32And or Opcode.I64And => (long)constant.Bits is not (-1 or uint.MaxValue),
            Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU => (constant.Bits & 31) != 0,
            Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU => (constant.Bits & 63) != 0,
            _ => false,
        });

    /// <param name="Locals">Locals that it may be, as they were at the last label.</param>
    /// <param name="Rotates">Whether a rotation went into it.</param>
    private readonly record struct Value(int[] Locals, bool Rotates);
}
