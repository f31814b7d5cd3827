namespace PluginHost.Skills.Inspection;

/// <summary>Bytes of a file of a package.</summary>
/// <param name="File">Path of the file in the package.</param>
/// <param name="Offset">Where they begin; null where what was looked at is not a part of the file as it is, or all of it was.</param>
/// <param name="Length">How many they are.</param>
internal sealed record ByteRegion(string File, int? Offset, int Length);
