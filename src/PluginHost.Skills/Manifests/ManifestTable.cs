using System.Collections.Immutable;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Manifests;

/// <summary>A table of a manifest while it is read: typed access, and at the end no key may be left that nobody knows.</summary>
/// <param name="table">The table.</param>
/// <param name="path">Its name, empty for the root.</param>
/// <param name="file">The file that it stands in.</param>
internal sealed class ManifestTable(TomlTable table, string path, string file)
{
    private const int MaxItems = 1_000;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public TomlTable Source => table;

    public bool Has(string key) => table.TryGet(key, out _);

    /// <summary>What is wrong with the value of a key.</summary>
    public SkillVerificationException Wrong(string key, string problem, string rule = "value") => new(Diagnostic(key, rule, $"{Name(key)} {problem}", ManifestAdvice.For(key)));

    /// <summary>A warning about a key, or about the table where it has no such key.</summary>
    public SkillDiagnostic Warning(string code, string key, string problem, string advice)
    {
        var at = table.PositionOf(key);
        return new SkillDiagnostic(code, file, at.Line, at.Column, problem, advice);
    }

    public string Text(string key) => Find<string>(key) ?? throw Missing(key);

    public string? OptionalText(string key) => Find<string>(key);

    /// <summary>A text that is more than white space.</summary>
    public string NonBlank(string key) => Text(key) is var text && !string.IsNullOrWhiteSpace(text) ? text : throw Wrong(key, "is blank");

    public long Number(string key) => Has(key) ? Number(key, 0) : throw Missing(key);

    public long Number(string key, long fallback) => Find(key) switch
    {
        null => fallback,
        long value => value,
        _ => throw Wrong(key, "is not an integer"),
    };

    public long Positive(string key, long fallback, long minimum = 1) =>
        Number(key, fallback) is var value && value >= minimum ? value : throw Wrong(key, $"is less than {minimum}");

    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        bool value => value,
        _ => throw Wrong(key, "is not true or false"),
    };

    public ImmutableArray<string> Texts(string key)
    {
        var items = Items(key);
        return [.. items.Select(item => item as string ?? throw Wrong(key, "holds something that is no string"))];
    }

    /// <summary>A table, or null where it is left out.</summary>
    public ManifestTable? Table(string key) => Find<TomlTable>(key) is { } inner ? new ManifestTable(inner, Name(key), file) : null;

    public TomlTable RawTable(string key) => Find<TomlTable>(key) ?? throw Missing(key);

    public IReadOnlyList<ManifestTable> Tables(string key) =>
        [.. Items(key).Select((item, i) => new ManifestTable(item as TomlTable ?? throw Wrong(key, "holds something that is no table"), $"{Name(key)}[{i}]", file))];

    /// <summary>A value of any type.</summary>
    public object? Find(string key)
    {
        _read.Add(key);
        return table.TryGet(key, out var value) ? value : null;
    }

    /// <exception cref="SkillVerificationException">A key is there that the format does not know.</exception>
    public void End()
    {
        foreach (var key in table.Keys)
        {
            if (!_read.Contains(key))
            {
                throw new SkillVerificationException(Diagnostic(key, "unknown-key", $"{Name(key)} is not a key of the format", ManifestAdvice.Instead(key, _read)));
            }
        }
    }

    private string Name(string key) => path.Length == 0 ? $"'{key}'" : $"{path.TrimEnd('\'')}.{key}'";

    public SkillVerificationException Missing(string key) => new(Diagnostic(key, "missing-key", $"{Name(key)} is missing", ManifestAdvice.For(key)));

    private SkillDiagnostic Diagnostic(string key, string rule, string problem, string advice)
    {
        var at = table.PositionOf(key);
        return new SkillDiagnostic("manifest." + rule, file, Math.Max(1, at.Line), Math.Max(1, at.Column), problem, advice);
    }

    private T? Find<T>(string key)
        where T : class => Find(key) switch
        {
            null => null,
            T value => value,
            _ => throw Wrong(key, "is of another type"),
        };

    private List<object> Items(string key)
    {
        var items = Find<TomlArray>(key)?.Items ?? [];
        return items.Count <= MaxItems ? items : throw Wrong(key, $"has more than {MaxItems} items");
    }
}
