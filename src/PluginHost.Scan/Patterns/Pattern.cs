using System.Collections.Immutable;

namespace PluginHost.Scan.Patterns;

/// <summary>A pattern of bytes: what regular expressions and hex strings become.</summary>
internal abstract record Pattern
{
    /// <summary>One byte of a set.</summary>
    public sealed record One(ByteSet Set) : Pattern;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(ImmutableArray<Pattern> Parts) : Pattern;

    /// <summary>Any one of some.</summary>
    public sealed record Choice(ImmutableArray<Pattern> Ways) : Pattern;

    /// <summary>Some times over; without an upper bound where it is null.</summary>
    public sealed record Repeat(Pattern Inner, int Min, int? Max) : Pattern;

    /// <summary>A condition on the place.</summary>
    public sealed record Place(PlaceKind Kind) : Pattern;

    public static Pattern Empty { get; } = new Sequence([]);

    /// <summary>The same backwards.</summary>
    public Pattern Reversed() => this switch
    {
        Sequence sequence => new Sequence([.. sequence.Parts.Reverse().Select(part => part.Reversed())]),
        Choice choice => new Choice([.. choice.Ways.Select(way => way.Reversed())]),
        Repeat repeat => repeat with { Inner = repeat.Inner.Reversed() },
        Place { Kind: PlaceKind.Start } => new Place(PlaceKind.End),
        Place { Kind: PlaceKind.End } => new Place(PlaceKind.Start),
        _ => this,
    };

    /// <summary>The same in UTF-16, as YARA understands that: a zero behind each byte.</summary>
    /// <exception cref="UnsupportedException">It has conditions on the place that would look at half of a character.</exception>
    public Pattern Widened() => this switch
    {
        One one => new Sequence([one, new One(ByteSet.Of(0))]),
        Sequence sequence => new Sequence([.. sequence.Parts.Select(part => part.Widened())]),
        Choice choice => new Choice([.. choice.Ways.Select(way => way.Widened())]),
        Repeat repeat => repeat with { Inner = repeat.Inner.Widened() },
        Place { Kind: PlaceKind.Boundary or PlaceKind.NoBoundary } => throw new UnsupportedException("\\b and \\B in a wide regular expression"),
        _ => this,
    };
}
