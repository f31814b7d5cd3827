namespace PluginHost.Wasm.Binary;

/// <summary>
/// Names of functions for people: from the name section (spec 7.4.1), else the export's name, else the import's.
/// A damaged name section is no error; it names nothing from the damage on.
/// </summary>
internal sealed class FunctionNames
{
    private const int NameBytes = 1024;
    private readonly Dictionary<int, string> _names = [];

    private FunctionNames()
    {
    }

    public string? Find(int function) => _names.GetValueOrDefault(function);

    public static FunctionNames Of(WasmModule module)
    {
        var names = new FunctionNames();
        foreach (var section in module.CustomSections)
        {
            if (section.Name == "name")
            {
                names.ReadSection(section.Content.Span, module.Functions.Length);
            }
        }

        foreach (var export in module.Exports)
        {
            if (export.Kind == ExternalKind.Function)
            {
                names._names.TryAdd(export.Index, export.Name);
            }
        }

        var index = 0;
        foreach (var import in module.Imports)
        {
            if (import.Kind == ExternalKind.Function)
            {
                names._names.TryAdd(index++, $"{import.Module}.{import.Name}");
            }
        }

        return names;
    }

    private void ReadSection(ReadOnlySpan<byte> content, int functions)
    {
        try
        {
            var reader = new WasmReader(content, 0, content.Length);
            while (!reader.AtEnd)
            {
                var id = reader.Byte();
                var size = reader.Length("name subsection");
                if (id != 1)
                {
                    reader.Bytes(size);
                    continue;
                }

                var count = reader.U32();
                for (var i = 0u; i < count; i++)
                {
                    var index = reader.U32();
                    var name = reader.Name(NameBytes);
                    if (index < (uint)functions)
                    {
                        _names[(int)index] = name;
                    }
                }
            }
        }
        catch (WasmModuleException)
        {
            // What was read up to the damage stays.
        }
    }
}
