using System.Collections.Immutable;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Validation;

namespace PluginHost.Wasm;

/// <summary>A decoded and fully validated module. Immutable; may be used by many threads.</summary>
public sealed class WasmModule
{
    internal WasmModule(ReadOnlyMemory<byte> bytes, WasmLimits limits)
    {
        Bytes = bytes;
        Limits = limits;
    }

    /// <summary>What the module needs, in its order.</summary>
    public ImmutableArray<ModuleImport> Imports { get; internal set; } = [];

    /// <summary>What the module offers, in its order.</summary>
    public ImmutableArray<ModuleExport> Exports { get; internal set; } = [];

    /// <summary>Custom sections, in their order.</summary>
    public ImmutableArray<CustomSection> CustomSections { get; internal set; } = [];

    internal ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What it was checked against.</summary>
    internal WasmLimits Limits { get; }

    internal FunctionType[] Types { get; set; } = [];

    /// <summary>Types of all functions, imported ones first.</summary>
    internal FunctionType[] Functions { get; set; } = [];

    internal FunctionBody[] Bodies { get; set; } = [];

    internal TableType[] Tables { get; set; } = [];

    internal MemoryType[] Memories { get; set; } = [];

    /// <summary>Types of all globals, imported ones first.</summary>
    internal GlobalType[] Globals { get; set; } = [];

    internal GlobalDefinition[] DefinedGlobals { get; set; } = [];

    internal ElementSegment[] Elements { get; set; } = [];

    internal DataSegment[] Data { get; set; } = [];

    internal int? DataCount { get; set; }

    internal int? Start { get; set; }

    internal int ImportedFunctions => Functions.Length - Bodies.Length;

    internal int ImportedGlobals => Globals.Length - DefinedGlobals.Length;

    /// <summary>Names of functions for traps and stacks.</summary>
    internal FunctionNames Names => field ??= FunctionNames.Of(this);

    /// <summary>Decodes and validates a module. The bytes must not change afterwards.</summary>
    /// <param name="bytes">The module in the binary format.</param>
    /// <param name="limits">What it may contain; the defaults where null.</param>
    /// <param name="cancellation">Ends it between functions.</param>
    /// <exception cref="WasmMalformedException">The bytes are no module.</exception>
    /// <exception cref="WasmUnsupportedException">It uses a proposal that the engine does not run.</exception>
    /// <exception cref="WasmInvalidException">It is not valid.</exception>
    /// <exception cref="WasmLimitException">It is larger than <paramref name="limits"/> allow.</exception>
    public static WasmModule Decode(ReadOnlyMemory<byte> bytes, WasmLimits? limits = null, CancellationToken cancellation = default)
    {
        limits ??= WasmLimits.Default;
        var module = ModuleDecoder.Decode(bytes, limits);
        ModuleValidator.Validate(module, cancellation);
        return module;
    }
}
