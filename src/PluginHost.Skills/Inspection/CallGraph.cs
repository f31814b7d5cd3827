using PluginHost.Wasm;
using PluginHost.Wasm.Binary;

namespace PluginHost.Skills.Inspection;

/// <summary>
/// Which functions of a module may call which. An indirect call may reach every function of its type that stands in a table or whose reference is
/// taken, so that nothing that could run is left out.
/// </summary>
internal sealed class CallGraph
{
    private readonly WasmModule _module;
    private readonly HashSet<int> _referenced = [];
    private readonly HashSet<int>[] _calls;
    private readonly HashSet<FunctionType>[] _indirect;

    private CallGraph(WasmModule module)
    {
        _module = module;
        _calls = new HashSet<int>[module.Bodies.Length];
        _indirect = new HashSet<FunctionType>[module.Bodies.Length];
    }

    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static CallGraph Of(WasmModule module, CancellationToken cancellation)
    {
        var graph = new CallGraph(module);
        foreach (var element in module.Elements)
        {
            graph._referenced.UnionWith(element.Functions ?? []);
            foreach (var expression in element.Expressions ?? [])
            {
                graph.Read(expression, [], []);
            }
        }

        foreach (var global in module.DefinedGlobals)
        {
            graph.Read(global.Initializer, [], []);
        }

        for (var i = 0; i < module.Bodies.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            graph.Read(SkipLocals(module, module.Bodies[i].Code), graph._calls[i] = [], graph._indirect[i] = []);
        }

        return graph;
    }

    /// <summary>Imported functions that may be called from some functions, or while the module starts.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public IEnumerable<ModuleImport> ImportsFrom(IEnumerable<int> functions, CancellationToken cancellation)
    {
        var byType = _referenced.ToLookup(function => _module.Functions[function]);
        var seen = new HashSet<int>();
        var types = new HashSet<FunctionType>();
        var open = new Stack<int>(functions.Concat(_module.Start is { } start ? [start] : []));
        while (open.TryPop(out var function))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!seen.Add(function) || function < _module.ImportedFunctions)
            {
                continue;
            }

            var body = function - _module.ImportedFunctions;
            foreach (var callee in _calls[body])
            {
                open.Push(callee);
            }

            foreach (var type in _indirect[body].Where(types.Add))
            {
                foreach (var callee in byType[type])
                {
                    open.Push(callee);
                }
            }
        }

        return _module.Imports.Where(import => import.Kind == ExternalKind.Function).Where((_, i) => seen.Contains(i));
    }

    private static ByteRange SkipLocals(WasmModule module, ByteRange code)
    {
        var reader = new WasmReader(module.Bytes.Span, code.Start, code.End);
        for (var groups = reader.U32(); groups > 0; groups--)
        {
            reader.U32();
            reader.ValueType();
        }

        return new ByteRange(reader.Position, code.End);
    }

    /// <summary>Reads instructions of a module that is valid.</summary>
    private void Read(ByteRange code, HashSet<int> calls, HashSet<FunctionType> indirect)
    {
        var reader = new WasmReader(_module.Bytes.Span, code.Start, code.End);
        var instruction = new Instruction();
        while (!reader.AtEnd)
        {
            InstructionReader.Read(ref reader, instruction, _module.Limits);
            switch (instruction.Code)
            {
                case Opcode.Call or Opcode.ReturnCall:
                    calls.Add((int)instruction.Index);
                    break;
                case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                    indirect.Add(_module.Types[instruction.Index]);
                    break;
                case Opcode.RefFunc:
                    _referenced.Add((int)instruction.Index);
                    break;
            }
        }
    }
}
