namespace PluginHost.Skills.Toml;

/// <summary>Keys and strings of a document, as they are read: an escape could hide in the text what they say.</summary>
internal static class TomlTexts
{
    public static IEnumerable<string> Of(TomlTable root)
    {
        var open = new Stack<object>([root]);
        while (open.TryPop(out var value))
        {
            switch (value)
            {
                case string text:
                    yield return text;
                    break;
                case TomlArray array:
                    array.Items.ForEach(open.Push);
                    break;
                case TomlTable table:
                    foreach (var key in table.Keys)
                    {
                        yield return key;
                        open.Push(table[key]);
                    }

                    break;
            }
        }
    }
}
