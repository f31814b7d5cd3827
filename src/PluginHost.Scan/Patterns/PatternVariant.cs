using System.Collections.Immutable;

namespace PluginHost.Scan.Patterns;

/// <summary>A regular expression or a piece of a hex string.</summary>
internal sealed class PatternVariant : Variant
{
    /// <summary>How far a match can reach, as in YARA.</summary>
    public const int MaxLength = 4096;

    private readonly ImmutableArray<Literals>? _literals;

    /// <exception cref="UnsupportedException">It is too large.</exception>
    public PatternVariant(Pattern pattern, bool isGreedy)
    {
        IsGreedy = isGreedy;
        Forward = Program.Of(pattern);
        Backward = Program.Of(pattern.Reversed());
        _literals = Literals.Of(pattern);
        Before = _literals is { } ways ? [.. ways.Select(way => way.Before is { } before ? Program.Of(WithoutPlaces(before).Reversed()) : null)] : [];
        Rarest = Rarity.Of(pattern, FirstBytes(Forward));
    }

    /// <summary>Whether matches are as long as they can be.</summary>
    public bool IsGreedy { get; }

    public Program Forward { get; }

    public Program Backward { get; }

    /// <summary>What stands before the texts of each way, backwards; null where nothing does.</summary>
    public ImmutableArray<Program?> Before { get; }

    /// <summary>Where to look for matches if there is no text to look for.</summary>
    public Rarity Rarest { get; }

    public override IEnumerable<Needle> Needles => _literals is { } ways ? ways.SelectMany((way, i) => way.Texts.Select(text => new Needle(text, this, i))) : [];

    public bool CanBe(ReadOnlySpan<byte> data, int start, int end) => IsWord(data, start, end);

    /// <summary>Going backwards only finds where a match may begin: whether it does is found going forwards.</summary>
    private static Pattern WithoutPlaces(Pattern pattern) => pattern switch
    {
        Pattern.Sequence sequence => new Pattern.Sequence([.. sequence.Parts.Select(WithoutPlaces)]),
        Pattern.Choice choice => new Pattern.Choice([.. choice.Ways.Select(WithoutPlaces)]),
        Pattern.Repeat repeat => repeat with { Inner = WithoutPlaces(repeat.Inner) },
        Pattern.Place => Pattern.Empty,
        _ => pattern,
    };

    private static ByteSet FirstBytes(Program program)
    {
        var (set, waiting, seen) = (default(ByteSet), new Stack<int>([0]), new HashSet<int>());
        while (waiting.TryPop(out var at))
        {
            if (!seen.Add(at))
            {
                continue;
            }

            var step = program.Steps[at];
            switch (step.Kind)
            {
                case StepKind.Split:
                    waiting.Push(step.First);
                    waiting.Push(step.Second);
                    break;
                case StepKind.Place:
                    waiting.Push(at + 1);
                    break;
                case StepKind.Byte:
                    set = set.Or(step.Set);
                    break;
            }
        }

        return set;
    }
}
