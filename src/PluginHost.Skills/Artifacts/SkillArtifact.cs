namespace PluginHost.Skills.Artifacts;

/// <summary>
/// A package whose form holds: bounded, unambiguous, with a module. Nothing is known yet about who made it. Its bytes were
/// read once; what is hashed and signed here is what runs later.
/// </summary>
internal sealed class SkillArtifact
{
    private readonly Dictionary<string, byte[]> _contents;

    private SkillArtifact(IReadOnlyList<ArchiveEntry> entries)
    {
        Entries = entries;
        _contents = entries.ToDictionary(entry => entry.Path, entry => entry.Content, StringComparer.Ordinal);
        Payload = PayloadDigest.Of(entries);
    }

    /// <summary>Its files, the signature included, directories not.</summary>
    public IReadOnlyList<ArchiveEntry> Entries { get; }

    /// <summary>Lower hex digest of everything but the signature.</summary>
    public string Payload { get; }

    /// <exception cref="SkillVerificationException">The bytes are no package.</exception>
    public static SkillArtifact Read(ReadOnlyMemory<byte> file)
    {
        var entries = ArchiveReader.Read(file);
        return entries.Any(entry => IsModule(entry.Path))
            ? new SkillArtifact(entries)
            : throw new SkillVerificationException("archive", "no-module", "the package has no modules/**.wasm");
    }

    /// <summary>Content of a file, or null.</summary>
    public byte[]? Find(string path) => _contents.GetValueOrDefault(path);

    public static bool IsModule(string path) =>
        path.StartsWith("modules/", StringComparison.Ordinal) && path.EndsWith(".wasm", StringComparison.Ordinal);
}
