using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using PluginHost.Wasm;

namespace PluginHost.Cli.Wasm;

/// <summary>Values as text: arguments of <c>--invoke</c> and its results.</summary>
internal static class ValueText
{
    /// <summary>A number, decimal or with 0x, of either signedness; null where it is none of that type.</summary>
    public static WasmValue? Read(string text, ValType type) => type switch
    {
        ValType.I32 when Integer(text) is { } value && value >= int.MinValue && value <= uint.MaxValue => WasmValue.FromI32((int)(long)value),
        ValType.I64 when Integer(text) is { } value && value >= long.MinValue && value <= ulong.MaxValue =>
            WasmValue.FromI64(value < 0 ? (long)value : (long)(ulong)value),
        ValType.F32 when Float(text) is { } value => WasmValue.FromF32((float)value),
        ValType.F64 when Float(text) is { } value => WasmValue.FromF64(value),
        _ => null,
    };

    public static string Write(WasmValue value) => value.Type switch
    {
        ValType.I32 => value.I32.ToString(CultureInfo.InvariantCulture),
        ValType.I64 => value.I64.ToString(CultureInfo.InvariantCulture),
        ValType.F32 => Float(value.F32, value.F32.ToString("R", CultureInfo.InvariantCulture)),
        ValType.F64 => Float(value.F64, value.F64.ToString("R", CultureInfo.InvariantCulture)),
        ValType.V128 => $"0x{value.V128.AsUInt64()[1]:x16}{value.V128.AsUInt64()[0]:x16}",
        _ => "reference",
    };

    /// <summary>A JSON number, or a string for what JSON has no number for.</summary>
    public static JsonNode Json(WasmValue value) => value.Type switch
    {
        ValType.I32 => JsonValue.Create(value.I32),
        ValType.I64 => JsonValue.Create(value.I64),
        ValType.F32 when float.IsFinite(value.F32) => JsonValue.Create(value.F32),
        ValType.F64 when double.IsFinite(value.F64) => JsonValue.Create(value.F64),
        _ => JsonValue.Create(Write(value)),
    };

    private static Int128? Integer(string text)
    {
        var negative = text.StartsWith('-');
        var body = negative || text.StartsWith('+') ? text[1..] : text;
        var parsed = body.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(body.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(body, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return parsed ? negative ? -(Int128)value : value : null;
    }

    private static double? Float(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" or "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
    };

    private static string Float(double value, string finite) =>
        double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : finite;
}
