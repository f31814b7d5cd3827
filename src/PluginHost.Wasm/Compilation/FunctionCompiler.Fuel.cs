using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>
/// What is charged where. A block of fuel is begun at the start of the function, at a loop, and where paths part; where they meet
/// again the block from before goes on, unless a conditional branch has led past that place. So a run that returns is charged what
/// it has executed, with as few charges as can be, and one that traps also for what would have followed without fail. The rules
/// look at the module only: the same run costs the same in every mode.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Blocks that one branch gives back parts of; it ends further ones.</summary>
    private const int MaxLeft = 8;

    private readonly List<FuelBlock> _fuelBlocks = [];
    private FuelBlock _fuelBlock;

    /// <summary>Whether control comes here. The validator knows less: after a block that nobody leaves it goes on as if.</summary>
    private bool _alive = true;

    /// <summary>Whether the local for fuel is ahead of the store's at this place.</summary>
    private bool _owesFuel;

    /// <summary>Ends the block of instructions that is charged as one and begins the next.</summary>
    private void BeginFuelBlock(bool check = false) => _fuelBlock = OpenFuelBlock(check);

    private FuelBlock OpenFuelBlock(bool check)
    {
        var price = _cil.NewPrice();
        _cil.Charge(price, check);
        _owesFuel = true;
        return NewFuelBlock(price);
    }

    private FuelBlock NewFuelBlock(int price)
    {
        var block = new FuelBlock(price);
        _fuelBlocks.Add(block);
        return block;
    }

    /// <summary>At the end of a block: the block of fuel from before it goes on, if every way through leads here.</summary>
    private void JoinFuelBlocks(Block end, bool alive)
    {
        SettleSkips(end);
        _alive = alive;
        if (!alive)
        {
            Die();
        }
        else if (end.Escaped || _chargesEachBlock)
        {
            BeginFuelBlock();
        }
        else
        {
            _fuelBlock = end.Entry;
            _owesFuel = true;
        }
    }

    /// <summary>What follows never runs, so nobody is charged for it.</summary>
    private void Die()
    {
        _alive = false;
        _bounds.Observe();
        _fuelBlock = NewFuelBlock(_cil.NewPrice());
    }

    /// <summary>At the end of a block it is known how much the branches to it have skipped.</summary>
    private static void SettleSkips(Block end)
    {
        foreach (var (left, by, before) in end.Skips)
        {
            by.Skip(left.Cost - before);
        }
    }

    /// <summary>A conditional branch: the blocks that it leaves do not always come to their ends any more.</summary>
    private void EscapeTo(Block target)
    {
        for (var i = _blocks.Count - 1; _alive && i > 0 && _blocks[i] != target; i--)
        {
            _blocks[i].Escaped = true;
        }
    }

    /// <summary>Before a branch that is always taken: the current block of fuel is not charged for what the branch skips.</summary>
    private void SkipTo(Block target)
    {
        var left = _alive ? Left(target) : [];
        if (left.Count == 0)
        {
            return;
        }

        if (_blocks.FindIndex(1, block => block.Entry == _fuelBlock) >= 0)
        {
            // It may go on elsewhere, for others.
            BeginFuelBlock();
        }

        Skip(target, left, by: _fuelBlock);
    }

    private void Skip(Block target, HashSet<FuelBlock> left, FuelBlock by)
    {
        left.Remove(by);
        foreach (var block in left)
        {
            target.Skips.Add((block, by, block.Cost));
        }

        // Those that go on at the target, or at a block around it, are not left for good.
        var at = _blocks.IndexOf(target);
        left.RemoveWhere(block => _blocks.FindIndex(1, at, around => around.Entry == block) >= 0);

        foreach (var block in left)
        {
            block.LeaveTo(by);
        }
    }

    /// <summary>The blocks of fuel that may go on between here and the target of a branch.</summary>
    private HashSet<FuelBlock> Left(Block target)
    {
        var left = new HashSet<FuelBlock>();
        for (var i = _blocks.Count - 1; i > 0 && _blocks[i] != target; i--)
        {
            if (_blocks[i].Escaped || left.Contains(_blocks[i].Entry))
            {
                continue;
            }

            if (left.Count == MaxLeft)
            {
                _blocks[i].Escaped = true;
            }
            else
            {
                left.Add(_blocks[i].Entry);
            }
        }

        return left;
    }

    private void CloseFuelBlocks() => _fuelBlocks.ForEach(block => block.Close(_cil));

    /// <summary>Lets others see what was charged, before they are called or this function is left.</summary>
    private void StoreFuel()
    {
        if (_fuel.Metering && _owesFuel)
        {
            _cil.LoadLocal(_store);
            _cil.LoadLocal(_fuel.Fuel);
            _cil.Field(OpCodes.Stfld, Members.StoreFuel);
            _owesFuel = false;
        }
    }
}
