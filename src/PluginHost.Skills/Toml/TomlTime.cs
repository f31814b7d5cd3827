namespace PluginHost.Skills.Toml;

/// <summary>A date, a time, or both. Manifests hold none; they are kept as they were written.</summary>
/// <param name="Kind">Which parts it has.</param>
/// <param name="Text">The text, in RFC 3339 form with a T between date and time and seconds present.</param>
internal sealed record TomlTime(TomlTimeKind Kind, string Text);
