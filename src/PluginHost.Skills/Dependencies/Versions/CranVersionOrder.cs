namespace PluginHost.Skills.Dependencies.Versions;

/// <summary>R's order: numbers between points and hyphens.</summary>
internal sealed class CranVersionOrder : VersionOrder
{
    public static CranVersionOrder Instance { get; } = new();

    protected override int Order(string x, string y)
    {
        var (a, b) = (x.Split('.', '-'), y.Split('.', '-'));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var order = IsDigits(a[i]) && IsDigits(b[i]) ? CompareDigits(a[i], b[i]) : string.CompareOrdinal(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
