namespace PluginHost.Skills.Cryptography;

/// <summary>A point in the form in which it is added to others.</summary>
/// <param name="plus">y + x.</param>
/// <param name="minus">y - x.</param>
/// <param name="t2d">2dt.</param>
/// <param name="z2">2z.</param>
internal readonly struct EdwardsSummand(FieldElement plus, FieldElement minus, FieldElement t2d, FieldElement z2)
{
    public readonly FieldElement Plus = plus;
    public readonly FieldElement Minus = minus;
    public readonly FieldElement T2d = t2d;
    public readonly FieldElement Z2 = z2;
}
