namespace PluginHost;

/// <summary>A difference between what is asked now and what was accepted last.</summary>
/// <param name="Kind">What changed: <c>grant</c>, <c>tool</c>, <c>quota</c>, <c>module</c>, <c>key</c> or <c>provenance</c>.</param>
/// <param name="Text">The change in words. Parts of it were chosen by the publisher.</param>
/// <param name="Widens">Whether the skill could do more, or a person or model would be told something else, than before.</param>
public sealed record ConsentChange(string Kind, string Text, bool Widens);
