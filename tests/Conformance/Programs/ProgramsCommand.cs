using System.Text;
using PluginHost.Abi;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Gate;
using PluginHost.Sandbox;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Programs;

/// <summary>
/// The <c>programs</c> verb: runs CPython or CRuby with a script. CRuby's imports from JavaScript, which a script that stays
/// within Ruby does not call, are answered here.
/// </summary>
internal static class ProgramsCommand
{
    private const int StackBytes = 64 * 1024 * 1024;

    public static int Run(string[] arguments)
    {
        var code = 1;
        var thread = new Thread(() => code = arguments is ["python", var python, var root, var script] ? Python(python, root, script) : Ruby(arguments[1], arguments[2]), StackBytes);
        thread.Start();
        thread.Join();
        return code;
    }

    private static int Python(string file, string root, string script)
    {
        using var directory = HostDirectory.Open(root);
        using var program = new Program(file, ["python", script], new EffectiveGrant
        {
            Files = [new FileGrant("/", directory, CanWrite: true)],
            Environment = new EffectiveGrant().Environment.Add("PYTHONHOME", "/").Add("PYTHONPATH", "/lib/python312.zip"),
        });
        try
        {
            program.Instance.GetFunction("_start")!.Invoke();
            return 0;
        }
        catch (ProgramExitException exit)
        {
            return exit.ExitCode;
        }
    }

    private static int Ruby(string file, string script)
    {
        using var program = new Program(file, ["ruby"], new EffectiveGrant());
        program.Call("_initialize");
        var list = new[] { "ruby\0", "--disable-gems\0", "-EUTF-8\0", "-e_=0\0" }.SelectMany(text => program.String(text)).ToArray();
        var at = program.Allocate(4, 4 * list.Length);
        for (var i = 0; i < list.Length; i++)
        {
            program.Memory.Write((uint)(at + (4 * i)), BitConverter.GetBytes(list[i]));
        }

        program.Call("ruby-init: func(args: list<string>) -> ()", at, list.Length / 2);
        var result = program.Call("rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>", program.String(File.ReadAllText(script)));
        var status = new byte[4];
        program.Memory.Read((uint)result + 4, status);
        return BitConverter.ToInt32(status);
    }

    /// <summary>An instance with WASI, and with something in place of whatever else it imports.</summary>
    private sealed class Program : IDisposable
    {
        private readonly AuditLog _audit = AuditLog.InMemory(TimeProvider.System);
        private readonly Store _store = new(new StoreOptions { MemoryBytes = 1L << 30 });
        private readonly GuestInterfaces _interfaces;

        public Program(string file, IReadOnlyList<string> arguments, EffectiveGrant grant)
        {
            var module = WasmModule.Decode(File.ReadAllBytes(file));
            var call = new GuestCall(_audit, SkillIdentity.Unsigned("program"), "program", CallContext.None, grant, CancellationToken.None);
            _interfaces = new GuestInterfaces(call, new GuestRequest
            {
                Identity = call.Identity,
                Entry = GuestEntry.Start,
                Grant = grant,
                Program = new WasiProgram
                {
                    Arguments = arguments,
                    Input = Stream.Null,
                    Output = Console.OpenStandardOutput(),
                    Error = Console.OpenStandardError(),
                },
            });
            _store.Data = _interfaces;
            var linker = new Linker();
            WasiHost.Define(linker);
            foreach (var import in module.Imports.Where(import => import.Module != WasiHost.Module))
            {
                linker.Define(import.Module, import.Name, HostFunction.Create(import.Function!, (_, arguments, results) =>
                {
                    if (import.Module != "canonical_abi")
                    {
                        throw new NotSupportedException($"{import.Module}.{import.Name} was called");
                    }

                    results.Fill(arguments[0]);
                }));
            }

            Instance = linker.Instantiate(_store, CompiledModule.Compile(module));
        }

        public Instance Instance { get; }

        public WasmMemory Memory => Instance.GetMemory("memory")!;

        public int Call(string export, params int[] arguments) =>
            Instance.GetFunction(export)!.Invoke([.. arguments.Select(WasmValue.FromI32)]) is [var result] ? result.I32 : 0;

        public int Allocate(int alignment, int bytes) => Call("cabi_realloc", 0, 0, alignment, bytes);

        public int[] String(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var at = Allocate(1, bytes.Length);
            Memory.Write((uint)at, bytes);
            return [at, bytes.Length];
        }

        public void Dispose()
        {
            _interfaces.Dispose();
            _store.Dispose();
            _audit.Dispose();
        }
    }
}
