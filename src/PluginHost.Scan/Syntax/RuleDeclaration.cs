using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>A rule as it is written.</summary>
internal sealed record RuleDeclaration
{
    public required string Name { get; init; }

    public required string File { get; init; }

    public required int Line { get; init; }

    public bool IsPrivate { get; init; }

    public bool IsGlobal { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableArray<KeyValuePair<string, object>> Meta { get; init; } = [];

    public ImmutableArray<StringDeclaration> Strings { get; init; } = [];

    public required Node Condition { get; init; }

    /// <summary>Modules that the file imports before it.</summary>
    public ImmutableHashSet<string> Imports { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Why it is skipped, where the file itself says something that is not supported; null where it does not.</summary>
    public string? Unsupported { get; init; }
}
