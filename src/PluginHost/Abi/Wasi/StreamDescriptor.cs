namespace PluginHost.Abi.Wasi;

/// <summary>Standard input, output or error. It cannot seek: a stream that could would be buffered differently by C libraries.</summary>
internal sealed class StreamDescriptor : Descriptor
{
    private const byte Character = 2;

    public StreamDescriptor(string name, Stream stream, bool input)
    {
        Name = name;
        Stream = stream;
        IsInput = input;
        Rights = Rights.Stream;
    }

    public string Name { get; }

    public Stream Stream { get; }

    public bool IsInput { get; }

    public override byte FileType => Character;
}
