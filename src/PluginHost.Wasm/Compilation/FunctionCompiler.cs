using System.Reflection;
using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;
using PluginHost.Wasm.Validation;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Translates one function into CIL while the validator walks it. Operands wait as expressions until something consumes
/// them; the CLR's evaluation stack is empty at every label, so methods can be cut and outlined anywhere.
/// </summary>
internal sealed partial class FunctionCompiler : IFunctionSink
{
    private const int LocalsPerFuel = 8;

    /// <summary>CLR parameters before the guest's: the instance and the call depth left.</summary>
    private const int HiddenParameters = 2;

    private readonly WasmModule _module;
    private readonly ModuleLayout _layout;
    /// <summary>CIL instructions for each byte of a body, and for a body of no bytes. Compilers of real languages need fewer than ten.</summary>
    private const long InstructionsPerByte = 20;
    private const long InstructionsAtLeast = 50_000;

    /// <summary>About a second of the JIT's time and 250 MB of its memory, even where it does not optimize.</summary>
    private const long InstructionsAtMost = 700_000;

    /// <summary>Returns and back edges that stand alone. The JIT takes time by the square of them, so further ones share one.</summary>
    private const int LoneJumps = 4;

    private readonly CilBuffer _cil;
    private readonly Temporaries _temporaries;
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<TrapKind, int> _traps = [];
    private readonly FuelAccount _fuel;
    private readonly StackCheck _stackCheck;
    private readonly bool _chargesEachBlock;
    private readonly RotationTests _rotations = new();
    private readonly KnownBounds _bounds;
    private readonly int _store;
    private readonly int _memoryBase;
    private readonly int _memoryLength;
    private readonly int _stackCheckAt;
    private FunctionType? _type;
    private readonly HashSet<int> _callees = [];
    private readonly List<PendingLoad> _loads = [];
    private int[] _locals = [];
    private int _parameters;
    private int _loops;
    private int _deepestLoop;
    /// <summary>Where the first memory's place and size are read into locals, in vain unless something uses them.</summary>
    private readonly List<Range> _memoryReads = [];
    private bool _usesMemory;
    private bool _calls;
    private bool _tailCalls;
    private int _returns;
    private int _returnLabel = -1;
    private int _returnLocal;
    private bool _promotes;

    private FunctionCompiler(WasmModule module, ModuleLayout layout, CompilationOptions options, int bodyBytes)
    {
        _cil = new CilBuffer(Math.Min(InstructionsAtLeast + (InstructionsPerByte * bodyBytes), InstructionsAtMost));
        _module = module;
        _chargesEachBlock = options.ChargeEachBlock;
        _layout = layout;
        _temporaries = new Temporaries(_cil);
        _bounds = new KnownBounds(_cil);
        _store = _cil.DeclareLocal(typeof(Store));
        _memoryBase = _cil.DeclareLocal(typeof(long));
        _memoryLength = _cil.DeclareLocal(typeof(long));
        _fuel = new FuelAccount(options.Metering, _store, _cil.DeclareLocal(typeof(long)), Trap(TrapKind.OutOfFuel), _memoryLength);
        _stackCheck = new StackCheck(_store, _cil.DeclareLocal(typeof(int)), Trap(TrapKind.CallStackExhausted), Trap(TrapKind.HostStackExhausted));

        LoadStore();
        _cil.Field(OpCodes.Ldfld, Members.TargetStore);
        _cil.StoreLocal(_store);
        _stackCheckAt = _cil.StackCheck();
        if (HasMemory)
        {
            var start = _cil.Instructions.Count;
            _cil.LoadArgument(0);
            _cil.Field(OpCodes.Ldfld, Members.InstanceMemoryBase);
            _cil.StoreLocal(_memoryBase);
            _memoryReads.Add(start.._cil.Instructions.Count);
        }

        Reload();
        _fuelBlock = OpenFuelBlock(check: true);
    }

    private bool HasMemory => _module.Memories.Length > 0;

    public static CompiledFunction Compile(WasmModule module, ModuleLayout layout, FunctionValidator validator, CompilationOptions options)
    {
        var body = module.Bodies[layout.Self];
        var compiler = new FunctionCompiler(module, layout, options, body.Code.Length);
        validator.Validate(body, compiler);
        return compiler.Finish();
    }

    public void Begin(FunctionType type, ReadOnlySpan<ValType> locals)
    {
        _parameters = type.Parameters.Length;
        _type = type;
        _locals = new int[locals.Length];
        for (var i = _parameters; i < locals.Length; i++)
        {
            _locals[i] = _cil.DeclareLocal(ClrTypes.Of(locals[i]));
        }

        // Entering clears the locals.
        _fuelBlock.Add((locals.Length - _parameters) / LocalsPerFuel);
        _blocks.Add(new Block { Code = Opcode.Block, Type = type, Height = 0, Label = -1, Entry = _fuelBlock, EnteredAlive = true });
    }

    private void LoadStore() => _cil.LoadArgument(0);

    private CompiledFunction Finish()
    {
        if (_calls)
        {
            _cil.NeedStackCheck(_stackCheckAt);
        }

        _fuel.KnowsMemoryLength = _usesMemory;
        if (!_usesMemory)
        {
            _memoryReads.ForEach(_cil.Erase);
        }

        _cil.HidesRotations = _rotations.Found();
        CloseFuelBlocks();
        if (_returnLabel >= 0)
        {
            _cil.Mark(_returnLabel);
            _owesFuel = true;
            StoreFuel();
            if (_type!.Results.Length > 0)
            {
                _cil.LoadLocal(_returnLocal);
            }

            _cil.Emit(OpCodes.Ret);
        }

        EmitLoads();
        foreach (var (kind, label) in _traps)
        {
            if (kind is TrapKind.CallStackExhausted or TrapKind.HostStackExhausted && !_calls)
            {
                continue;
            }

            _cil.Mark(label);

            // At the check of the stack nothing was charged yet.
            _owesFuel = kind is not (TrapKind.CallStackExhausted or TrapKind.HostStackExhausted);
            StoreFuel();
            if (kind == TrapKind.OutOfFuel)
            {
                _cil.LoadLocal(_store);
                _cil.Call(Helper(typeof(Traps), nameof(Traps.OutOfFuelOrInterrupted)));
            }
            else
            {
                _cil.Call(Helper(typeof(Traps), kind.ToString()));
            }

            // The helper never returns; the CLR does not know and wants the block to end.
            _cil.Emit(OpCodes.Ldnull);
            _cil.Emit(OpCodes.Throw);
        }

        return new CompiledFunction(_cil, _fuel, _stackCheck, _deepestLoop, _tailCalls, _callees);
    }

    private static MethodInfo Helper(Type type, string name, params Type[] parameters) => Members.Method(type, name, parameters);

    /// <summary>The label that raises a trap; all places of a function share one for each kind.</summary>
    private int Trap(TrapKind kind)
    {
        if (!_traps.TryGetValue(kind, out var label))
        {
            _traps.Add(kind, label = _cil.DefineLabel());
        }

        return label;
    }

    /// <summary>Reads back what a call may have changed.</summary>
    private void Reload()
    {
        if (_fuel.Metering)
        {
            _cil.LoadLocal(_store);
            _cil.Field(OpCodes.Ldfld, Members.StoreFuel);
            _cil.StoreLocal(_fuel.Fuel);
        }

        if (HasMemory)
        {
            var start = _cil.Instructions.Count;
            _cil.LoadArgument(0);
            _cil.Field(OpCodes.Ldfld, Members.InstanceMemory);
            _cil.Field(OpCodes.Ldfld, Members.MemoryLength);
            _cil.StoreLocal(_memoryLength);
            _memoryReads.Add(start.._cil.Instructions.Count);
        }
    }

    private void LoadWasmLocal(int index)
    {
        if (index < _parameters)
        {
            _cil.LoadArgument(index + HiddenParameters);
        }
        else
        {
            _cil.LoadLocal(_locals[index]);
        }
    }

    private void StoreWasmLocal(int index)
    {
        if (index < _parameters)
        {
            _cil.StoreArgument(index + HiddenParameters);
        }
        else
        {
            _cil.StoreLocal(_locals[index]);
        }
    }
}
