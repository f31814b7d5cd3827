
namespace PluginHost.Wasm.Compilation;

/// <content>The operand stack of pending expressions.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Bounds the search for operands that a change would spoil.</summary>
    private const int MaxPending = 48;

    private readonly List<Expression> _stack = [];

    /// <summary>Operands below are stable.</summary>
    private int _stableBelow;

    private void Push(Expression expression)
    {
        _stack.Add(expression.Size > Expression.MaxSize ? Materialized(expression) : expression);
        if (_stack.Count - _stableBelow > MaxPending)
        {
            FlushAll();
        }
    }

    /// <summary>A temporary that is about to get a value.</summary>
    private int TakeTemporary(ValType type)
    {
        var local = _temporaries.Take(type);
        _bounds.Assign(TemporaryAsLocal(local));
        return local;
    }

    /// <summary>The number under which <see cref="KnownBounds"/> knows a temporary, beside the guest's locals.</summary>
    private static int TemporaryAsLocal(int temporary) => -2 - temporary;

    private void PushTemporary(int local, ValType type) =>
        Push(new Expression { Kind = ExpressionKind.Temporary, Type = type, Index = local });

    private Expression Pop()
    {
        var expression = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        _stableBelow = Math.Min(_stableBelow, _stack.Count);
        return expression;
    }

    /// <summary>Pops operands; the first pushed comes first.</summary>
    private Expression[] Pop(int count)
    {
        var start = _stack.Count - count;
        var popped = _stack[start..].ToArray();
        _stack.RemoveRange(start, count);
        _stableBelow = Math.Min(_stableBelow, start);
        return popped;
    }

    /// <summary>Drops everything above a height.</summary>
    private void Cut(int height)
    {
        while (_stack.Count > height)
        {
            Release(Pop());
        }
    }

    /// <summary>Gives back the temporaries of an expression that is not going to be emitted.</summary>
    private void Release(Expression? expression)
    {
        if (expression is null)
        {
            return;
        }

        if (expression.Kind == ExpressionKind.Temporary)
        {
            _temporaries.Return(expression.Index);
        }

        Release(expression.First);
        Release(expression.Second);
    }

    /// <summary>Evaluates an expression into a temporary, unless it is stable.</summary>
    private Expression Materialized(Expression expression)
    {
        if (expression.IsStable)
        {
            return expression;
        }

        Emit(expression);
        var local = TakeTemporary(expression.Type);
        _cil.StoreLocal(local);
        AssignBounds(TemporaryAsLocal(local), expression);
        return new Expression { Kind = ExpressionKind.Temporary, Type = expression.Type, Index = local };
    }

    private void FlushAll()
    {
        Flush(static (_, _) => true, 0);
        _stableBelow = _stack.Count;
    }

    private void FlushLocal(int local) => Flush(static (expression, index) => expression.ReadsLocal(index), local);

    /// <summary>Before something changes what others see.</summary>
    private void FlushReads(Reads reads)
    {
        Flush(static (expression, mask) => ((int)expression.Reads & mask) != 0, (int)reads);
        _bounds.Observe();
    }

    private void Flush(Func<Expression, int, bool> concerned, int argument)
    {
        for (var i = _stableBelow; i < _stack.Count; i++)
        {
            if (!_stack[i].IsStable && concerned(_stack[i], argument))
            {
                _stack[i] = Materialized(_stack[i]);
            }
        }
    }
}
