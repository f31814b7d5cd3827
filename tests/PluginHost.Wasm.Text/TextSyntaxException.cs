namespace PluginHost.Wasm.Text;

/// <summary>The text is not well-formed (spec chapter 6). Scripts call this malformed, too.</summary>
internal sealed class TextSyntaxException(string message, int line) : Exception($"line {line}: {message}")
{
    public int Line { get; } = line;
}
