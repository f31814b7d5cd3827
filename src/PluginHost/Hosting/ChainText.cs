using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Scoring;

namespace PluginHost.Hosting;

/// <summary>Draws chains for people, and writes them down for programs.</summary>
internal static class ChainText
{
    private const int MaxVouchers = 3;
    private const int MaxStrangers = 300;
    private const int MaxNames = 3;
    private const int DigestDigits = 64;
    private const int ShownDigits = 16;
    private static readonly Dictionary<NarratorClass, string> Classes = new()
    {
        [NarratorClass.Trustworthy] = "thiqa",
        [NarratorClass.Honest] = "saduq",
        [NarratorClass.Unknown] = "majhul",
        [NarratorClass.Rejected] = "matruk",
    };

    public static string Narrator(JudgedLink link) => link.Name.Length > 0 ? $"{link.Name} ({KeyId.Of(link.Link.Narrator)})" : KeyId.Of(link.Link.Narrator);

    /// <summary>The links that count, each below the one that it stands on. A link that stands on several is drawn below the first.</summary>
    public static IEnumerable<string> Draw(ChainReport chain)
    {
        var counted = chain.Links.Where(link => link.Counts).ToList();
        var lines = new List<string>();
        var ids = counted.Select(link => link.Link.Id).ToHashSet(StringComparer.Ordinal);

        // What speaks against a skill counts without what it stands on.
        foreach (var root in counted.Where(link => !link.Link.Previous.Any(ids.Contains)))
        {
            Draw(root, counted, ids, "", "", lines);
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
        ["vouched_by"] = new JsonArray([.. link.Vouchers.Select(voucher => (JsonNode)voucher)]),
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
        .. chain.Links.Where(link => !link.Counts).Select(link => Printable.Words($"{link.Rule} {LinkKinds.NameOf(link.Link.Role)} {Narrator(link)}: {link.Reason}{Flaw(link)}{Against(link.Link)}")),
        .. chain.Unread.Select(link => Printable.Words($"{link.Id[..16]} {link.Kind}: {link.Said}")),
        .. Malformed(chain) is { } lines ? [lines] : Array.Empty<string>(),
    ];

    /// <summary>Lines of bundles that are nothing at all, in words; null where there are none.</summary>
    public static string? Malformed(ChainReport chain) => chain.Malformed == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{chain.Malformed} {(chain.Malformed == 1 ? "line is no signed statement" : "lines are no signed statements")}");

    /// <summary>A way along which trust flows, from whom the operator names on.</summary>
    public static string Way(FlowPath path, ChainReport chain) => Printable.Words($"{path.Amount}  {string.Join(" -> ", path.Steps.Select((_, at) => Said(path, at, chain)))}");

    /// <summary>A step of such a way for programs: <c>seed:NAME</c>, a key and its role, or <c>link:ID</c>.</summary>
    public static string Step(FlowPath path, int at, ChainReport chain) =>
        at == path.Steps.Length - 1 ? $"link:{path.Steps[at]}"
        : at == 0 && chain.Names.TryGetValue(path.Steps[at], out var name) ? $"seed:{name}"
        : $"{ChainLinkReader.Text(path.Steps[at])}({Role(path, at)})";

    /// <summary>Names of evidence for people, whose digests are seldom read to their end: in brackets, after the reason.</summary>
    public static string Names(IReadOnlyList<string> evidence) => evidence.Count == 0 ? ""
        : $" [{string.Join(", ", evidence.Take(MaxNames).Select(Short))}{(evidence.Count > MaxNames ? $" and {evidence.Count - MaxNames} more" : "")}]";

    private static string Short(string name) => name.LastIndexOf(':') + 1 is var digits && name.Length - digits == DigestDigits ? name[..digits] == "ed25519:" ? KeyId.Of(name[digits..]) : name[..(digits + ShownDigits)] : name;

    private static string Said(FlowPath path, int at, ChainReport chain) =>
        at == path.Steps.Length - 1 ? $"{chain.Links.FirstOrDefault(link => link.Link.Id == path.Steps[at])?.Link.Detail} ({path.Steps[at][..ShownDigits]})"
        : $"{Role(path, at)} {chain.Names.GetValueOrDefault(path.Steps[at]) ?? KeyId.Of(path.Steps[at])}";

    /// <summary>As what somebody takes part in a way: whoever said it audits, those before him vouch.</summary>
    private static string Role(FlowPath path, int at) => at == path.Steps.Length - 2 ? "auditor" : "voucher";

    /// <summary>What is wrong with a link in the words of the science: what it stands on is missing, or who says it is nobody to believe.</summary>
    private static string Flaw(JudgedLink link) => link.Rule switch { "V4" => " (munqati')", "V7" or "V10" => $" ({Classes[link.Narrator]})", _ => "" };

    /// <summary>What strangers say against a skill counts for nothing, but a person should be able to read it.</summary>
    private static string Against(ChainLink link) => link.Kind == LinkKind.Violation && link.Detail.Length > 0 ? $"; it says: {(link.Detail.Length > MaxStrangers ? link.Detail[..MaxStrangers] + "…" : link.Detail)}" : "";

    private static string Vouchers(JudgedLink link) => link.Vouchers.Length == 0 ? ""
        : $" on the word of {string.Join(", ", link.Vouchers.Take(MaxVouchers))}{(link.Vouchers.Length > MaxVouchers ? $" and {link.Vouchers.Length - MaxVouchers} more" : "")}";

    private static void Draw(JudgedLink link, List<JudgedLink> counted, HashSet<string> ids, string first, string rest, List<string> lines)
    {
        var logged = link.Logged is { } entry ? string.Create(CultureInfo.InvariantCulture, $"; in {entry.Origin} at {entry.Index}{(entry.IsWitnessed ? ", witnessed" : "")}") : "";
        lines.Add(first + Printable.Words($"{LinkKinds.NameOf(link.Link.Role)} {Narrator(link)}, {Classes[link.Narrator]}{Vouchers(link)}, since {link.Link.IssuedAt:yyyy-MM-dd}: {link.Link.Detail}{logged}"));
        var next = counted.Where(after => after.Link.Previous.FirstOrDefault(ids.Contains) == link.Link.Id).ToList();
        for (var i = 0; i < next.Count; i++)
        {
            var isLast = i == next.Count - 1;
            Draw(next[i], counted, ids, rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? "   " : "│  "), lines);
        }
    }
}
