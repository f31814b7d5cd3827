namespace PluginHost.Wasm.Text;

/// <summary>The public door of the reader: a module in the text format, as bytes of the binary format.</summary>
internal static class TextModule
{
    public static byte[] Encode(string text) => Encode(Lexer.Read(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Encodes a text that is one <c>(module …)</c> or only the fields of one.</summary>
    public static byte[] Encode(List<Node> nodes)
    {
        if (nodes is [{ } single] && single.IsList("module"))
        {
            var cursor = Cursor.After(single, 1);
            cursor.TryId();
            return cursor.TryWord("binary") ? cursor.Strings() : new ModuleEncoder().Encode(cursor);
        }

        return new ModuleEncoder().Encode(new Cursor(nodes, nodes.Count > 0 ? nodes[0].Line : 1));
    }
}
