namespace PluginHost.Skills.Cryptography;

/// <summary>The odd multiples of a point that digits of a width need. For public scalars only: what is looked up tells what is asked.</summary>
internal sealed class EdwardsMultiples
{
    private readonly EdwardsSummand[] _odd;

    public EdwardsMultiples(in EdwardsPoint point, int width)
    {
        _odd = new EdwardsSummand[1 << (width - 2)];
        var twice = point.Doubled();
        var multiple = point;
        for (var i = 0; i < _odd.Length; i++)
        {
            _odd[i] = multiple.ToSummand();
            multiple += twice;
        }
    }

    /// <summary>An odd multiple.</summary>
    public ref readonly EdwardsSummand this[int factor] => ref _odd[factor >> 1];
}
