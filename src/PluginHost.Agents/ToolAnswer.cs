using System.Text;
using System.Text.Json;

namespace PluginHost.Agents;

/// <summary>What came of a call, as an agent is told.</summary>
/// <param name="Json">The answer as JSON; null where it is none.</param>
/// <param name="Text">The answer as text.</param>
/// <param name="IsError">Whether the call failed: then it is an object <c>error</c> with <c>code</c> and <c>message</c>.</param>
internal sealed record ToolAnswer(JsonElement? Json, string Text, bool IsError)
{
    private const int MaxMessage = 300;

    /// <summary>Where the message of a denial begins to say what its operator could do.</summary>
    private const string Advice = " To allow it: ";
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>What a guest answered.</summary>
    public static ToolAnswer Of(ReadOnlyMemory<byte> output)
    {
        var text = Encoding.UTF8.GetString(output.Span);
        try
        {
            using var document = JsonDocument.Parse(output, Strict);

            // What nobody could write again, such as half a surrogate, is text: a loop that keeps answers must be able to.
            JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Plain);
            return new ToolAnswer(document.RootElement.Clone(), text, false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return new ToolAnswer(null, text, false);
        }
    }

    /// <summary>What the host refused or ended. What concerns the host's own files and its operator's decisions is told to the operator, not to a model.</summary>
    public static ToolAnswer Refused(SkillException reason) => reason switch
    {
        SkillStateException => Failed(reason.Code, "the host cannot run tools just now"),
        SkillStatusException => Failed(reason.Code, "the skill may not run"),
        CapabilityDeniedException => Failed(reason.Code, reason.Message.Split(Advice)[0]),
        SkillLimitException { RetryAfter: { } after } => Failed(reason.Code, $"{reason.Message}; try again in {Math.Ceiling(after.TotalSeconds)} s"),
        _ => Failed(reason.Code, reason.Message),
    };

    public static ToolAnswer Failed(string code, string message)
    {
        var shown = Shown(message);
        var json = JsonSerializer.SerializeToElement(new Dictionary<string, Dictionary<string, string>> { ["error"] = new() { ["code"] = code, ["message"] = shown } }, Plain);
        return new ToolAnswer(json, json.GetRawText(), true);
    }

    /// <summary>Guests have a say in some messages: they are cut, and what cannot be seen in them is not there.</summary>
    private static string Shown(string message)
    {
        var shown = string.Concat(message.EnumerateRunes().Where(static rune => Rune.GetUnicodeCategory(rune) is not (
            System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.PrivateUse
            or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator)));
        return shown.Length <= MaxMessage ? shown : shown[..MaxMessage] + "…";
    }
}
