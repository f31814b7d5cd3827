using System.Globalization;
using System.Text;

namespace PluginHost.Skills.Toml;

/// <summary>
/// Writes TOML that reads back as the same values: keys in their order, scalars before tables, tables under headers of their own, those within
/// arrays in braces. Comments and the author's formatting are not kept.
/// </summary>
internal static class TomlWriter
{
    public static byte[] Write(TomlTable table)
    {
        var text = new StringBuilder();
        Section(text, table, "");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A key as it stands in a text: bare where it can be.</summary>
    public static string Key(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quoted(key);

    /// <summary>A string in quotes, on one line.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' or '\x7F' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Nesting is bounded by the reader; so is this recursion.</summary>
    private static void Section(StringBuilder text, TomlTable table, string path)
    {
        foreach (var key in table.Keys.Where(key => !IsSection(table[key])))
        {
            text.Append(Key(key)).Append(" = ");
            Value(text, table[key]);
            text.Append('\n');
        }

        foreach (var key in table.Keys.Where(key => IsSection(table[key])))
        {
            var name = path.Length == 0 ? Key(key) : $"{path}.{Key(key)}";
            if (table[key] is TomlTable inner)
            {
                Header(text, $"[{name}]");
                Section(text, inner, name);
                continue;
            }

            foreach (var item in ((TomlArray)table[key]).Items)
            {
                Header(text, $"[[{name}]]");
                Section(text, (TomlTable)item, name);
            }
        }
    }

    private static void Header(StringBuilder text, string header) => text.Append(text.Length == 0 ? "" : "\n").Append(header).Append('\n');

    private static bool IsSection(object value) => value is TomlTable || (value is TomlArray { Items.Count: > 0 } array && array.Items.All(item => item is TomlTable));

    private static void Value(StringBuilder text, object value)
    {
        switch (value)
        {
            case string one:
                text.Append(Quoted(one));
                break;
            case bool one:
                text.Append(one ? "true" : "false");
                break;
            case long one:
                text.Append(one.ToString(CultureInfo.InvariantCulture));
                break;
            case double one:
                text.Append(Float(one));
                break;
            case TomlTime one:
                text.Append(one.Text);
                break;
            case TomlArray one:
                List(text, "[", "]", one.Items, item => Value(text, item));
                break;
            default:
                var table = (TomlTable)value;
                List(text, "{", "}", table.Keys, key =>
                {
                    text.Append(Key(key)).Append(" = ");
                    Value(text, table[key]);
                });
                break;
        }
    }

    private static void List<T>(StringBuilder text, string open, string close, IEnumerable<T> items, Action<T> write)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? open == "{" ? " " : "" : ", ");
            isFirst = false;
            write(item);
        }

        text.Append(!isFirst && open == "{" ? " " : "").Append(close);
    }

    private static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }
}
