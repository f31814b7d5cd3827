using System.Text;

namespace PluginHost.Library.Registries;

/// <summary>JSON strings as Palyra's writer makes them, byte for byte: what a signature is over must not depend on who wrote it down.</summary>
internal static class SerdeText
{
    /// <summary>Appends a string with its quotation marks: only those, the backslash and control characters are escaped.</summary>
    public static void Append(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append("\\u00").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
