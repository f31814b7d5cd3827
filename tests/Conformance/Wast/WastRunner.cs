using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Wast;

/// <summary>Executes the commands of one <c>.wast</c> script (the reference interpreter's script language).</summary>
internal sealed class WastRunner
{
    private readonly List<WastFailure> _failures = [];
    private int _passed;

    public static WastReport Run(string path)
    {
        var runner = new WastRunner();
        try
        {
            var nodes = Lexer.Read(File.ReadAllBytes(path));
            if (nodes.TrueForAll(node => IsField(node.Head)))
            {
                runner.Execute(nodes[0], () => Module(TextModule.Encode(nodes)));
            }
            else
            {
                nodes.Where(node => node.Head is "module" or "assert_malformed" or "assert_invalid").ToList().ForEach(node => runner.Execute(node, () => Command(node)));
            }
        }
        catch (TextSyntaxException e)
        {
            runner._failures.Add(new WastFailure(e.Line, "script", e.Message));
        }

        return new WastReport(path, runner._passed, runner._failures);
    }

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
        catch (Exception e) when (e is CommandFailedException or TextSyntaxException or WasmModuleException)
        {
            _failures.Add(new WastFailure(node.Line, node.Head, e.Message));
        }
    }

    private static void Command(Node node)
    {
        switch (node.Head)
        {
            case "module":
                Module(Bytes(node));
                break;
            case "assert_malformed":
                ExpectMalformed(node.Items![1]);
                break;
            case "assert_invalid":
                ExpectInvalid(node.Items![1]);
                break;
            default:
                throw new CommandFailedException("unknown command");
        }
    }

    private static void Module(byte[] bytes) => WasmModule.Decode(bytes);

    /// <summary>A module written as text, as <c>binary</c> strings or as <c>quote</c> strings.</summary>
    private static byte[] Bytes(Node module)
    {
        var cursor = Cursor.After(module, 1);
        cursor.TryId();
        return cursor.TryWord("quote") ? TextModule.Encode(Lexer.Read(cursor.Strings())) : TextModule.Encode([module]);
    }

    private static void ExpectMalformed(Node module)
    {
        try
        {
            WasmModule.Decode(Bytes(module));
        }
        catch (Exception e) when (e is TextSyntaxException or WasmMalformedException)
        {
            return;
        }

        throw new CommandFailedException("the module was accepted");
    }

    private static void ExpectInvalid(Node module)
    {
        try
        {
            WasmModule.Decode(Bytes(module));
        }
        catch (WasmInvalidException)
        {
            return;
        }

        throw new CommandFailedException("the module was accepted");
    }
}
