namespace PluginHost.Library;

/// <summary>Under which terms the library changes.</summary>
/// <param name="Now">When.</param>
/// <param name="Actor">Who is named in the journal.</param>
/// <param name="AllowDowngrade">Whether it may go back to an older version.</param>
internal sealed record LibraryTime(DateTimeOffset Now, string Actor, bool AllowDowngrade);
