using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Skills.Chain;

namespace PluginHost.Hosting;

/// <summary>Draws chains for people, and writes them down for programs.</summary>
internal static class ChainText
{
    private static readonly Dictionary<NarratorClass, string> Classes = new()
    {
        [NarratorClass.Trustworthy] = "thiqa",
        [NarratorClass.Honest] = "saduq",
        [NarratorClass.Unknown] = "majhul",
        [NarratorClass.Rejected] = "matruk",
    };

    public static string Narrator(JudgedLink link) => link.Name.Length > 0 ? $"{link.Name} (ed25519:{link.Link.Narrator[..16]})" : $"ed25519:{link.Link.Narrator[..16]}";

    /// <summary>The links that count, each below the one that it stands on. A link that stands on several is drawn below the first.</summary>
    public static IEnumerable<string> Draw(ChainReport chain)
    {
        var counted = chain.Links.Where(link => link.Counts).ToList();
        var lines = new List<string>();
        foreach (var root in counted.Where(link => link.Link.Previous.IsEmpty))
        {
            Draw(root, counted, "", "", lines);
        }

        return lines;
    }

    public static JsonArray Links(ChainReport chain) => new([.. chain.Links.Select(link => (JsonNode)new JsonObject
    {
        ["link"] = link.Link.Id,
        ["kind"] = LinkKinds.TypeOf(link.Link.Kind),
        ["role"] = LinkKinds.NameOf(link.Link.Role),
        ["narrator"] = link.Link.Narrator,
        ["name"] = link.Name,
        ["standing"] = Classes[link.Narrator],
        ["issued_at"] = link.Link.IssuedAt.UtcDateTime,
        ["prev"] = new JsonArray([.. link.Link.Previous.Select(id => (JsonNode)id)]),
        ["counts"] = link.Counts,
        ["rule"] = link.Rule,
        ["detail"] = link.Counts ? link.Link.Detail : link.Reason,
        ["logged"] = link.Logged is { } logged ? new JsonObject { ["origin"] = logged.Origin, ["index"] = logged.Index, ["witnessed"] = logged.IsWitnessed } : null,
    })]);

    /// <summary>Why links do not count.</summary>
    public static IEnumerable<string> Ignored(ChainReport chain) =>
    [
        .. chain.Links.Where(link => !link.Counts).Select(link => Printable.Words($"{link.Rule} {LinkKinds.NameOf(link.Link.Role)} {Narrator(link)}: {link.Reason} (munqati')")),
        .. chain.Unread.Select(link => Printable.Words($"{link.Id[..16]} {link.Kind}: {link.Reason}")),
    ];

    private static void Draw(JudgedLink link, List<JudgedLink> counted, string first, string rest, List<string> lines)
    {
        var logged = link.Logged is { } entry ? string.Create(CultureInfo.InvariantCulture, $"; in {entry.Origin} at {entry.Index}{(entry.IsWitnessed ? ", witnessed" : "")}") : "";
        lines.Add(first + Printable.Words($"{LinkKinds.NameOf(link.Link.Role)} {Narrator(link)}, {Classes[link.Narrator]}, since {link.Link.IssuedAt:yyyy-MM-dd}: {link.Link.Detail}{logged}"));
        var next = counted.Where(after => after.Link.Previous.FirstOrDefault() == link.Link.Id).ToList();
        for (var i = 0; i < next.Count; i++)
        {
            var isLast = i == next.Count - 1;
            Draw(next[i], counted, rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "), lines);
        }
    }
}
