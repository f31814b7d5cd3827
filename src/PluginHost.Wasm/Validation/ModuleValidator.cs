using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <summary>Validates a decoded module (spec 3.4), function bodies included.</summary>
internal static class ModuleValidator
{
    /// <summary>Pages of 64 KiB that a 32-bit address space holds.</summary>
    private const uint MaxPages = 65_536;

    public static void Validate(WasmModule module, CancellationToken cancellation)
    {
        foreach (var table in module.Tables)
        {
            Range(table.Limits, uint.MaxValue, "size minimum must not be greater than maximum");
        }

        if (module.Memories.Length > 1 && (module.Limits.Features & WasmFeatures.MultiMemory) == 0)
        {
            throw new WasmInvalidException("multiple memories");
        }

        foreach (var memory in module.Memories)
        {
            Range(memory.Limits, MaxPages, "memory size must be at most 65536 pages (4GiB)");
        }

        var references = Definitions(module);
        Exports(module, references);
        Start(module);
        var functions = new FunctionValidator(module, references);
        foreach (var body in module.Bodies)
        {
            cancellation.ThrowIfCancellationRequested();
            functions.Validate(body, sink: null);
        }
    }

    /// <summary>The functions that code may take references to: those named outside of code (spec 3.4.10, C.refs).</summary>
    public static IReadOnlySet<int> DeclaredReferences(WasmModule module)
    {
        var references = Definitions(module);
        Exports(module, references);
        return references;
    }

    private static HashSet<int> Definitions(WasmModule module)
    {
        var constants = new ConstantExpressionValidator(module);
        foreach (var global in module.DefinedGlobals)
        {
            constants.Validate(global.Initializer, global.Type.Value);
        }

        foreach (var segment in module.Elements)
        {
            Element(module, segment, constants);
        }

        foreach (var segment in module.Data)
        {
            if (segment.Mode == SegmentMode.Active)
            {
                if (segment.Memory >= module.Memories.Length)
                {
                    throw new WasmInvalidException($"unknown memory {segment.Memory}");
                }

                constants.Validate(segment.Offset, ValType.I32);
            }
        }

        return constants.References;
    }

    private static void Range(Limits limits, uint bound, string message)
    {
        if (limits.Minimum > bound || limits.Maximum > bound)
        {
            throw new WasmInvalidException(message);
        }

        if (limits.Maximum < limits.Minimum)
        {
            throw new WasmInvalidException("size minimum must not be greater than maximum");
        }
    }

    private static void Element(WasmModule module, ElementSegment segment, ConstantExpressionValidator constants)
    {
        if (segment.Mode == SegmentMode.Active)
        {
            if (segment.Table >= module.Tables.Length)
            {
                throw new WasmInvalidException($"unknown table {segment.Table}");
            }

            if (module.Tables[segment.Table].Element != segment.Type)
            {
                throw new WasmInvalidException("type mismatch between the segment and its table");
            }

            constants.Validate(segment.Offset, ValType.I32);
        }

        foreach (var function in segment.Functions ?? [])
        {
            if (function >= module.Functions.Length)
            {
                throw new WasmInvalidException($"unknown function {function}");
            }

            constants.References.Add(function);
        }

        foreach (var expression in segment.Expressions ?? [])
        {
            constants.Validate(expression, segment.Type);
        }
    }

    private static void Exports(WasmModule module, HashSet<int> references)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var export in module.Exports)
        {
            if (!names.Add(export.Name))
            {
                throw new WasmInvalidException("duplicate export name");
            }

            var (count, what) = export.Kind switch
            {
                ExternalKind.Function => (module.Functions.Length, "function"),
                ExternalKind.Table => (module.Tables.Length, "table"),
                ExternalKind.Memory => (module.Memories.Length, "memory"),
                _ => (module.Globals.Length, "global"),
            };
            if (export.Index >= count)
            {
                throw new WasmInvalidException($"unknown {what} {export.Index}");
            }

            if (export.Kind == ExternalKind.Function)
            {
                references.Add(export.Index);
            }
        }
    }

    private static void Start(WasmModule module)
    {
        if (module.Start is not { } start)
        {
            return;
        }

        if (start >= module.Functions.Length)
        {
            throw new WasmInvalidException($"unknown function {start}");
        }

        var type = module.Functions[start];
        if (type.Parameters.Length != 0 || type.Results.Length != 0)
        {
            throw new WasmInvalidException("start function must take and leave nothing");
        }
    }
}
