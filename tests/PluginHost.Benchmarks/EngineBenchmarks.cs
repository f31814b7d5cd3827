using BenchmarkDotNet.Attributes;
using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>The ways into and out of compiled code, and what an instance costs.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int HostCalls = 1_000;

    private Store _store = null!;
    private readonly Linker _linker = new Linker().Define("host", "nothing", HostFunction.Create((Action<Caller>)(_ => { })));
    private CompiledModule _memory = null!;
    private Func<int, int> _calls = null!;
    private Func<int, int> _identity = null!;

    [GlobalSetup]
    public void Setup()
    {
        _store = new Store();
        _memory = Compile("(module (memory 16) (data (i32.const 1024) \"hello\") (func (export \"f\")))");
        var instance = _linker.Instantiate(_store, Compile("""
            (module (import "host" "nothing" (func $nothing))
              (func (export "calls") (param i32) (result i32)
                (loop (call $nothing) (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0))
              (func (export "identity") (param i32) (result i32) (local.get 0)))
            """));
        _calls = instance.GetFunction("calls")!.CreateDelegate<Func<int, int>>();
        _identity = instance.GetFunction("identity")!.CreateDelegate<Func<int, int>>();
    }

    [GlobalCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark(OperationsPerInvoke = HostCalls)]
    public int GuestToHost() => _calls(HostCalls);

    [Benchmark]
    public int HostToGuest() => _identity(7);

    [Benchmark]
    public void InstantiateOneMebibyte()
    {
        using var store = new Store();
        _linker.Instantiate(store, _memory);
    }

    private static CompiledModule Compile(string text) => CompiledModule.Compile(WasmModule.Decode(TextModule.Encode(text)));
}
