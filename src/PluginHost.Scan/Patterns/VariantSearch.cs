namespace PluginHost.Scan.Patterns;

/// <summary>The search for one form of a string.</summary>
internal sealed class VariantSearch
{
    // Twice as far as a match reaches.
    private const int Window = 2 * PatternVariant.MaxLength;

    private readonly ulong[] _tried = new ulong[Window / 64];
    private int _edge = -1;
    private bool _isDone;
    private bool _isOver;

    public required Variant Variant { get; init; }

    public Automaton? Forward { get; set; }

    public Automaton?[] Before => field ??= new Automaton?[Variant is PatternVariant pattern ? pattern.Before.Length : 0];

    /// <summary>Whether one match is as good as all.</summary>
    public required bool IsPresenceEnough { get; init; }

    public List<Match> Matches { get; } = [];

    /// <summary>Whether a place was not tried yet; it counts as tried from now on. Texts are met in their order, so that what lies far behind is not asked for again.</summary>
    public bool TryFirst(int place)
    {
        if (place - _edge >= Window)
        {
            Array.Clear(_tried);
            _edge = place;
        }

        for (; _edge < place; _edge++)
        {
            _tried[((_edge + 1) & (Window - 1)) >> 6] &= ~(1UL << (_edge + 1));
        }

        if (_edge - place >= Window)
        {
            return true;
        }

        ref var word = ref _tried[(place & (Window - 1)) >> 6];
        var isFirst = (word >> place & 1) == 0;
        word |= 1UL << place;
        return isFirst;
    }

    public long Steps { get; set; }

    /// <summary>Whether its budget is used up.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => (_isOver, _isDone) = (value, _isDone || value);
    }

    /// <summary>Whether it goes on.</summary>
    public bool IsDone
    {
        get => _isDone;
        set => _isDone = value;
    }
}
