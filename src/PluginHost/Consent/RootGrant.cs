namespace PluginHost.Consent;

/// <summary>A root of the manifest that a tool may use.</summary>
/// <param name="Path">Its path, relative; the guest sees it below <c>/</c>.</param>
/// <param name="CanWrite">Whether it may be changed.</param>
/// <param name="MaxBytes">Bytes that it may hold; null for as many as the skill may have.</param>
internal sealed record RootGrant(string Path, bool CanWrite, long? MaxBytes);
