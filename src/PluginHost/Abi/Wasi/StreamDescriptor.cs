namespace PluginHost.Abi.Wasi;

/// <summary>Standard input, output or error.</summary>
internal sealed class StreamDescriptor(string name, Stream stream, bool input) : Descriptor
{
    private const byte Character = 2;

    public string Name { get; } = name;

    public Stream Stream { get; } = stream;

    public bool IsInput { get; } = input;

    public override byte FileType => Character;
}
