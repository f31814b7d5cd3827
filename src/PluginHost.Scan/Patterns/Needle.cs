namespace PluginHost.Scan.Patterns;

/// <summary>A text that the index looks for, and what is done where it is met.</summary>
/// <param name="Text">The text, in lower case of ASCII.</param>
/// <param name="Variant">The variant of a string that it belongs to.</param>
/// <param name="Shift">How far behind the start of a literal it begins; of a pattern the number of its way.</param>
internal sealed record Needle(byte[] Text, Variant Variant, int Shift);
