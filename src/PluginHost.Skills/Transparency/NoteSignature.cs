namespace PluginHost.Skills.Transparency;

/// <summary>A line of signature under a note.</summary>
/// <param name="Name">Name of the key, as it stands there.</param>
/// <param name="Id">Id of the key, likewise.</param>
/// <param name="Signature">What follows the id.</param>
/// <param name="Line">The whole line, its line feed included.</param>
internal sealed record NoteSignature(string Name, uint Id, byte[] Signature, string Line);
