using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>A setting.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>string_list</c>.</param>
/// <param name="Default">Its value where none is given, as TOML; null for none.</param>
/// <param name="IsRequired">Whether it must have a value.</param>
/// <param name="IsRedacted">Whether its value is not to be shown.</param>
/// <param name="Values">The values that it may have; empty for any.</param>
internal sealed record ConfigProperty(string Name, string Type, object? Default, bool IsRequired, bool IsRedacted, ImmutableArray<string> Values);
