using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Where the code of each function of a module is. Compiled code calls through the table, so a function may be compiled
/// when it is first called: until then its entry is zero, or the stub of its type.
/// </summary>
internal sealed class CodeTable(int functions)
{
    /// <summary>Compiled code holds addresses of entries; pinned, they stay where they are for as long as the module lives.</summary>
    private readonly nint[] _entries = GC.AllocateArray<nint>(functions, pinned: true);

    public nint this[int function]
    {
        get => Volatile.Read(ref _entries[function]);
        set => Volatile.Write(ref _entries[function], value);
    }

    /// <summary>Puts a stub where there is nothing. Another thread may put the code there just now, which must stay.</summary>
    public void SetStub(int function, nint stub) => Interlocked.CompareExchange(ref _entries[function], stub, 0);

    public unsafe nint AddressOf(int function) => (nint)Unsafe.AsPointer(ref _entries[function]);
}
