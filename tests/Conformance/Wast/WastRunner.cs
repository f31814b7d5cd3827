using PluginHost.Wasm;
using PluginHost.Wasm.Runtime;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Wast;

/// <summary>Executes the commands of one <c>.wast</c> script (the reference interpreter's script language).</summary>
internal sealed class WastRunner : IDisposable
{
    /// <summary>A call that burns this much has gone astray.</summary>
    private const long FuelOfACommand = 2_000_000_000;

    private readonly List<WastFailure> _failures = [];
    private readonly Store _store;
    private readonly WasmLimits _limits;
    private readonly CompilationOptions _options;
    private readonly Dictionary<string, Dictionary<string, object>> _registered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instance> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledModule> _definitions = new(StringComparer.Ordinal);
    private Instance? _current;
    private int _passed;

    private WastRunner(WasmLimits limits, CompilationOptions options)
    {
        _limits = limits;
        _options = options;
        _store = new Store(new StoreOptions { MemoryBytes = 1L << 40, TableElements = 100_000_000, Instances = 100_000 });
        _registered["spectest"] = SpecTestModule.Create(_store);
    }

    public static WastReport Run(string path, WasmLimits limits, CompilationOptions options)
    {
        using var runner = new WastRunner(limits, options);
        try
        {
            var nodes = Lexer.Read(File.ReadAllBytes(path));
            if (nodes.Count > 0 && nodes.TrueForAll(node => IsField(node.Head)))
            {
                runner.Execute(nodes[0], () => runner.Instantiate(TextModule.Encode(nodes)));
            }
            else
            {
                nodes.ForEach(node => runner.Execute(node, () => runner.Command(node)));
            }
        }
        catch (TextSyntaxException e)
        {
            runner._failures.Add(new WastFailure(e.Line, "script", e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            runner._failures.Add(new WastFailure(0, "file", e.Message));
        }

        return new WastReport(path, runner._passed, runner._failures);
    }

    public void Dispose() => _store.Dispose();

    /// <summary>A script that is all module fields is one module.</summary>
    private static bool IsField(string head) =>
        head is "type" or "import" or "func" or "table" or "memory" or "global" or "export" or "start" or "elem" or "data";

    private void Execute(Node node, Action command)
    {
        try
        {
            command();
            _passed++;
        }
        catch (Exception e)
        {
            // Whatever goes wrong is this command's failure; the script goes on.
            var reason = e is CommandFailedException or TextSyntaxException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            _failures.Add(new WastFailure(node.Line, node.Head, reason));
        }
    }

    private void Command(Node node)
    {
        _store.Fuel = FuelOfACommand;
        switch (node.Head)
        {
            case "module":
                Module(node);
                break;
            case "register":
                Register(node);
                break;
            case "invoke" or "get":
                Act(node);
                break;
            case "assert_return":
                ExpectReturn(node);
                break;
            case "assert_return_canonical_nan" or "assert_return_arithmetic_nan":
                ExpectNan(node);
                break;
            case "assert_trap":
                ExpectTrap(node, trap => trap.Kind is not (TrapKind.CallStackExhausted or TrapKind.HostStackExhausted or TrapKind.OutOfFuel));
                break;
            case "assert_exhaustion":
                ExpectTrap(node, trap => trap.Kind is TrapKind.CallStackExhausted or TrapKind.HostStackExhausted);
                break;
            case "assert_malformed":
                ExpectMalformed(node.Items![1]);
                break;
            case "assert_invalid":
                Expect<WasmInvalidException>(() => Decode(node.Items![1]));
                break;
            case "assert_unlinkable":
                Expect<WasmLinkException>(() => Instantiate(Bytes(node.Items![1])));
                break;
            default:
                throw new CommandFailedException("unknown command");
        }
    }

    private void Module(Node node)
    {
        var cursor = Cursor.After(node, 1);
        if (cursor.TryWord("definition"))
        {
            _definitions[cursor.TryId() ?? ""] = Compile(Bytes(node));
            return;
        }

        var instantiates = cursor.TryWord("instance");
        var id = cursor.TryId();
        var instance = instantiates ? Instantiate(_definitions[cursor.TryId() ?? ""]) : Instantiate(Bytes(node));
        if (id is not null)
        {
            _named[id] = instance;
        }
    }

    private CompiledModule Compile(byte[] bytes) => CompiledModule.Compile(WasmModule.Decode(bytes, _limits), _options);

    private Instance Instantiate(byte[] bytes) => Instantiate(Compile(bytes));

    private Instance Instantiate(CompiledModule compiled)
    {
        return _current = new Instantiation(
            _store, compiled, [.. compiled.Module.Imports.Select(import => _registered.GetValueOrDefault(import.Module)?.GetValueOrDefault(import.Name))]).Run();
    }

    private void Register(Node node)
    {
        var cursor = Cursor.After(node, 1);
        var name = cursor.Name();
        var instance = Named(cursor.TryId());
        _registered[name] = instance.Compiled.Module.Exports.ToDictionary(export => export.Name, object (export) => export.Kind switch
        {
            ExternalKind.Function => instance.FunctionAt(export.Index),
            ExternalKind.Table => instance.Tables[export.Index],
            ExternalKind.Memory => instance.Memories[export.Index],
            _ => instance.Globals[export.Index]!,
        });
    }

    private Instance Named(string? id) =>
        (id is null ? _current : _named.GetValueOrDefault(id)) ?? throw new CommandFailedException($"no module {id}");

    private WasmValue[] Act(Node action)
    {
        var cursor = Cursor.After(action, 1);
        var instance = Named(cursor.TryId());
        var name = cursor.Name();
        if (action.Head == "get")
        {
            return [(instance.GetGlobal(name) ?? throw new CommandFailedException($"no global {name}")).Value];
        }

        var arguments = new List<WasmValue>();
        while (!cursor.AtEnd)
        {
            arguments.Add(ExpectedValue.Read(cursor.Next("a constant")));
        }

        var function = instance.GetFunction(name) ?? throw new CommandFailedException($"no function {name}");
        return function.Invoke([.. arguments]);
    }

    private void ExpectReturn(Node node)
    {
        var results = Act(node.Items![1]);
        var patterns = node.Items.Skip(2).ToList();
        if (results.Length != patterns.Count || !patterns.Zip(results).All(pair => ExpectedValue.Matches(pair.First, pair.Second)))
        {
            throw new CommandFailedException($"got [{string.Join(", ", results)}]");
        }
    }

    /// <summary>How scripts said it before there were patterns.</summary>
    private void ExpectNan(Node node)
    {
        var kind = node.Head.EndsWith("canonical_nan", StringComparison.Ordinal) ? "nan:canonical" : "nan:arithmetic";
        var results = Act(node.Items![1]);
        if (results is not [{ Type: ValType.F32 or ValType.F64 } value] || !ExpectedValue.Matches(Pattern(value.Type == ValType.F32 ? "f32.const" : "f64.const"), value))
        {
            throw new CommandFailedException($"got [{string.Join(", ", results)}]");
        }

        Node Pattern(string head) => new(node.Line) { Items = [new Node(node.Line) { Text = head }, new Node(node.Line) { Text = kind }] };
    }

    private void ExpectTrap(Node node, Func<WasmTrapException, bool> fits)
    {
        var text = node.Items![2].Name();
        try
        {
            var action = node.Items[1];
            if (action.Head == "module")
            {
                Instantiate(Bytes(action));
            }
            else
            {
                Act(action);
            }
        }
        catch (WasmTrapException trap) when (fits(trap) && SameText(trap, text))
        {
            return;
        }

        throw new CommandFailedException("no trap");
    }

    /// <summary>Scripts add details to the reference texts, or leave them out.</summary>
    private static bool SameText(WasmTrapException trap, string expected)
    {
        var text = WasmTrapException.Describe(trap.Kind);
        return text.StartsWith(expected, StringComparison.Ordinal) || expected.StartsWith(text, StringComparison.Ordinal);
    }

    /// <summary>A module written as text, as <c>binary</c> strings or as <c>quote</c> strings.</summary>
    private static byte[] Bytes(Node module)
    {
        var cursor = Cursor.After(module, 1);
        if (cursor.TryWord("definition"))
        {
            module = module.Without(1);
            cursor = Cursor.After(module, 1);
        }

        cursor.TryId();
        return cursor.TryWord("quote") ? TextModule.Encode(Lexer.Read(cursor.Strings())) : TextModule.Encode([module]);
    }

    private void ExpectMalformed(Node module)
    {
        try
        {
            Decode(module);
        }
        catch (Exception e) when (e is TextSyntaxException or WasmMalformedException)
        {
            return;
        }

        throw new CommandFailedException("the module was accepted");
    }

    private WasmModule Decode(Node module) => WasmModule.Decode(Bytes(module), _limits);

    private static void Expect<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T)
        {
            return;
        }

        throw new CommandFailedException($"no {typeof(T).Name}");
    }
}
