using System.Text;
using System.Text.Json;
using PluginHost.Consent;
using PluginHost.Skills.JsonSchema;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Hosting;

/// <summary>
/// The schemas of a tool's input and output. What is checked is JSON; bytes that are none, or do not fit as JSON, are taken as
/// one string, which is what tools that take plain text mean by <c>type = "string"</c>. No bytes are also <c>{}</c>: no arguments.
/// </summary>
internal sealed class ToolSchemas
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxDepth = 64;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly Schema? _input;
    private readonly Schema? _output;

    private ToolSchemas(Schema? input, Schema? output)
    {
        _input = input;
        _output = output;
    }

    /// <exception cref="SkillVerificationException">One is no schema that can be evaluated in bounded time.</exception>
    public static ToolSchemas Of(ManifestTool tool) => new(Compile(tool, "input_schema", tool.InputSchema), Compile(tool, "output_schema", tool.OutputSchema));

    /// <summary>What is wrong with an input; null where nothing is.</summary>
    public string? CheckInput(ReadOnlyMemory<byte> input) => Check(_input, input);

    /// <summary>What is wrong with an output; null where nothing is.</summary>
    public string? CheckOutput(ReadOnlyMemory<byte> output) => Check(_output, output);

    private static Schema? Compile(ManifestTool tool, string key, TomlTable table)
    {
        try
        {
            return table.Keys.Count == 0 ? null : Schema.Compile(TomlJson.Of(table));
        }
        catch (Exception e) when (e is SchemaException or JsonException)
        {
            throw new SkillVerificationException("manifest", "schema", $"{key} of tool '{tool.Id}' is no JSON Schema that this host evaluates: {e.Message}");
        }
    }

    private static string? Check(Schema? schema, ReadOnlyMemory<byte> bytes)
    {
        if (schema is null)
        {
            return null;
        }

        if (bytes.Length > MaxBytes)
        {
            return $"{bytes.Length} bytes are more than the {MaxBytes} that are checked";
        }

        try
        {
            var (isJson, problem) = CheckJson(schema, bytes.IsEmpty ? "{}"u8.ToArray() : bytes);
            return problem is null ? null : CheckText(schema, bytes.Span) is { } asText ? isJson ? problem : asText : null;
        }
        catch (SchemaLimitException e)
        {
            return e.Message;
        }
        catch (InvalidOperationException)
        {
            // Half of a pair of surrogates, escaped: JSON can write what no text can hold.
            return "a text in it is no Unicode";
        }
    }

    private static (bool IsJson, string? Problem) CheckJson(Schema schema, ReadOnlyMemory<byte> bytes)
    {
        // Text that begins as no JSON does is the common case of tools that take text, and an exception is dear.
        if (bytes.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9'), ..])
        {
            return (false, "it is no JSON");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            return (true, schema.Check(document.RootElement)?.ToString());
        }
        catch (JsonException e)
        {
            return (false, e.Message);
        }
    }

    private static string? CheckText(Schema schema, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return schema.Check(JsonSerializer.SerializeToElement(StrictUtf8.GetString(bytes)))?.ToString();
        }
        catch (DecoderFallbackException)
        {
            return "it is neither JSON nor text";
        }
    }
}
