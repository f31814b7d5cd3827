using System.Text.Json;
using PluginHost.Skills.Dependencies.Versions;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Vulnerabilities;

/// <summary>A range of versions of a record, evaluated as the schema of OSV says.</summary>
internal static class OsvRange
{
    private static readonly string[] Kinds = ["introduced", "fixed", "last_affected"];

    /// <summary>Whether a version lies in a range.</summary>
    public static OsvAnswer Includes(JsonElement range, string ecosystem, string version)
    {
        var order = range.Text("type") switch
        {
            "SEMVER" => SemanticVersionOrder.Instance,
            "ECOSYSTEM" => VersionOrder.Of(ecosystem),
            _ => null,
        };
        if (order is null)
        {
            return OsvAnswer.Unknown;
        }

        var events = Events(range).ToList();
        if (!IsBeforeLimits(order, events, version))
        {
            return OsvAnswer.No;
        }

        // What is introduced and fixed at one version was never there.
        var affected = false;
        foreach (var (kind, at) in events.Where(one => one.Kind != "limit").OrderBy(one => one.At, FromZero(order)).ThenBy(one => Array.IndexOf(Kinds, one.Kind)))
        {
            var compared = FromZero(order).Compare(version, at);
            affected = kind switch
            {
                "introduced" => affected || compared >= 0,
                "fixed" => affected && compared < 0,
                _ => affected && compared <= 0,
            };
        }

        return affected ? OsvAnswer.Yes : OsvAnswer.No;
    }

    /// <summary>Whether a range spans every version there is or will be.</summary>
    public static bool IsEveryVersion(JsonElement range) =>
        range.Text("type") is "SEMVER" or "ECOSYSTEM" && Events(range).ToList() is { Count: > 0 } events && events.TrueForAll(one => one is ("introduced", "0"));

    private static IEnumerable<(string Kind, string At)> Events(JsonElement range)
    {
        foreach (var one in range.Items("events"))
        {
            foreach (var kind in Kinds.Append("limit"))
            {
                if (one.Text(kind) is { } at)
                {
                    yield return (kind, at);
                }
            }
        }
    }

    private static bool IsBeforeLimits(VersionOrder order, List<(string Kind, string At)> events, string version)
    {
        var limits = events.Where(one => one.Kind == "limit").ToList();
        return limits.Count == 0 || limits.Exists(limit => limit.At == "*" || order.Compare(version, limit.At) < 0);
    }

    /// <summary>The order, with zero before everything.</summary>
    private static Comparer<string> FromZero(VersionOrder order) => Comparer<string>.Create((x, y) => (x == "0", y == "0") switch
    {
        (true, true) => 0,
        (true, false) => -1,
        (false, true) => 1,
        _ => order.Compare(x, y),
    });
}
