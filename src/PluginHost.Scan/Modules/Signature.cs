using System.Collections.Immutable;
using PluginHost.Scan.Conditions;

namespace PluginHost.Scan.Modules;

/// <summary>What a function of a module takes and gives.</summary>
/// <param name="Result">What it gives.</param>
/// <param name="Forms">What it takes, in each of its forms a letter for each argument: <c>i</c>nteger, <c>f</c>loat, <c>s</c>tring, <c>b</c>oolean.</param>
internal sealed record Signature(ValueKind Result, params ImmutableArray<string> Forms)
{
    /// <summary>Whether it takes these.</summary>
    public bool Takes(IReadOnlyList<ValueKind> given) => Forms.Any(form => form.Length == given.Count && form.Zip(given).All(pair => pair.Second == ValueKind.Unknown || pair.Second == KindOf(pair.First)));

    private static ValueKind KindOf(char letter) => letter switch { 'i' => ValueKind.Integer, 'f' => ValueKind.Float, 's' => ValueKind.Text, _ => ValueKind.Truth };
}
