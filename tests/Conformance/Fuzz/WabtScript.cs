using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Wasm;

namespace PluginHost.Conformance.Fuzz;

/// <summary>What this engine made of one generated module, as assertions for the interpreter of wabt, which runs the form that wast2json writes, in its order.</summary>
internal sealed class WabtScript
{
    /// <summary>The functions that generated modules log to; they do nothing there.</summary>
    private const string Support = """
        (module (func (export "log-i32") (param i32)) (func (export "log-i64") (param i64)) (func (export "log-f32") (param f32))
          (func (export "log-f64") (param f64)) (func (export "log-v128") (param v128)))
        """;

    private readonly JsonArray _commands;

    public WabtScript(string module)
    {
        _commands =
        [
            new JsonObject { ["type"] = "module", ["line"] = 1, ["name"] = "$support", ["filename"] = "support.bin" },
            new JsonObject { ["type"] = "register", ["line"] = 1, ["name"] = "$support", ["as"] = "fuzzing-support" },
            new JsonObject { ["type"] = "module", ["line"] = 1, ["filename"] = module },
        ];
    }

    public static void WriteSupport(string folder) => File.WriteAllBytes(Path.Combine(folder, "support.bin"), Wasm.Text.TextModule.Encode(Support));

    public void Call(string export) => Add("action", export);

    public void Returned(string export, IEnumerable<WasmValue> values) =>
        Add("assert_return", export)["expected"] = new JsonArray([.. values.Select(Expected)]);

    public void Trapped(string export)
    {
        var command = Add("assert_trap", export);
        command["text"] = "";
        command["expected"] = new JsonArray();
    }

    public void Save(string path) => File.WriteAllText(path, new JsonObject { ["source_filename"] = Path.GetFileName(path), ["commands"] = _commands }.ToJsonString());

    private JsonObject Add(string type, string export)
    {
        var command = new JsonObject
        {
            ["type"] = type,
            ["line"] = _commands.Count,
            ["action"] = new JsonObject { ["type"] = "invoke", ["field"] = export, ["args"] = new JsonArray() },
        };
        if (type == "action")
        {
            command["expected"] = new JsonArray();
        }

        _commands.Add((JsonNode)command);
        return command;
    }

    private static JsonObject Expected(WasmValue value) => value.Type switch
    {
        ValType.I32 => Expected("i32", ((uint)value.I32).ToString(CultureInfo.InvariantCulture)),
        ValType.I64 => Expected("i64", ((ulong)value.I64).ToString(CultureInfo.InvariantCulture)),
        ValType.F32 => Expected("f32", float.IsNaN(value.F32) ? "nan:arithmetic" : BitConverter.SingleToUInt32Bits(value.F32).ToString(CultureInfo.InvariantCulture)),
        ValType.F64 => Expected("f64", double.IsNaN(value.F64) ? "nan:arithmetic" : BitConverter.DoubleToUInt64Bits(value.F64).ToString(CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"{value.Type} as a result"),
    };

    private static JsonObject Expected(string type, string value) => new() { ["type"] = type, ["value"] = value };
}
