namespace PluginHost.Registry.Log;

/// <summary>Something in a log that somebody should look at.</summary>
/// <param name="Index">Where it stands.</param>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Message">What was found.</param>
internal sealed record LogAlert(long Index, string Kind, string Message);
