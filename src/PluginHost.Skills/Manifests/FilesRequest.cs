namespace PluginHost.Skills.Manifests;

/// <summary>Use of a root.</summary>
internal sealed record FilesRequest(string Name, string Path, bool Write, long? MaxBytes);
