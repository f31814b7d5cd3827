using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using PluginHost.Hosting;
using PluginHost.Library.Registries;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Registries;

namespace PluginHost.Registry.Service;

/// <summary>
/// Pages for people, made whole on the server: no script, no image, nothing from elsewhere. What publishers and auditors wrote is escaped for readers first
/// and for markup then.
/// </summary>
internal static class RegistryPages
{
    private const int MaxRows = 200;

    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem; color: #1b1f24; background: #fff; }
        h1 { font-size: 1.6rem; margin: .2rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; } a { color: #0b5cad; } header p { margin: .1rem 0; color: #57606a; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #d8dee4; overflow-wrap: anywhere; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } pre, code { font-family: ui-monospace, monospace; font-size: .88em; } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f8fa; padding: .7rem; }
        .bad { color: #a40e26; font-weight: 600; } .good { color: #116329; } .score { font-size: 2.2rem; font-weight: 650; } input { font: inherit; padding: .3rem .5rem; width: 22rem; max-width: 60%; } button { font: inherit; padding: .3rem .9rem; }
        @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } th, td { border-color: #30363d; } pre { background: #161b22; } a { color: #6cb6ff; } header p { color: #9198a1; } .bad { color: #ff8182; } .good { color: #56d364; } }
        """;

    /// <summary>The list of what is offered.</summary>
    public static string List(RegistryContent content, string query, DateTimeOffset now)
    {
        var found = content.Entries
            .Where(entry => query.Length == 0 || entry.SkillId.Contains(query, StringComparison.OrdinalIgnoreCase) || entry.Publisher.Contains(query, StringComparison.OrdinalIgnoreCase))
            .GroupBy(entry => entry.SkillId, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var page = Begin(content, content.Description.Name, now);
        page.Append($"<form action=\"/\" role=\"search\"><label for=\"q\">Skill or publisher</label> <input id=\"q\" name=\"q\" value=\"{Safe(query)}\" maxlength=\"200\"> <button>Search</button></form>");
        page.Append(CultureInfo.InvariantCulture, $"<h2>{found.Count} skills</h2>");
        if (found.Count > 0)
        {
            page.Append("<table><thead><tr><th>skill</th><th>version</th><th>publisher</th></tr></thead><tbody>");
            foreach (var newest in found.Take(MaxRows).Select(group => group.MaxBy(entry => entry.Version)!))
            {
                page.Append($"<tr><td><a href=\"{Address(newest)}\">{Safe(newest.SkillId)}</a></td><td>{Safe(newest.Version.ToString())}</td><td>{Safe(newest.Publisher)}</td></tr>");
            }

            page.Append("</tbody></table>");
        }

        if (found.Count > MaxRows)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>The first {MaxRows}: search for less.</p>");
        }

        Advisories(page, content.Advisories);
        return End(page);
    }

    /// <summary>A version.</summary>
    public static string Skill(RegistryContent content, RegistryEntry entry, SkillView view, DateTimeOffset now)
    {
        var page = Begin(content, $"{entry.SkillId} {entry.Version}", now);
        page.Append($"<p>by {Safe(entry.Publisher)} · <a href=\"/{Safe(entry.Artifact)}\">package</a> · <a href=\"/{Safe(entry.Artifact + RegistryFiles.BundleExtension)}\">what is said of it</a> · <a href=\"/\">all skills</a></p>");
        if (view.Refusal is { } refusal)
        {
            page.Append($"<p class=\"bad\">The gate would refuse it: {Safe(refusal)}</p>");
        }

        Advisories(page, [.. content.Advisories.Where(advisory => advisory.Skill == entry.SkillId && advisory.Version == entry.Version.ToString())]);
        if (view.Score is var (value, cap))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Score</h2><p><span class=\"score\">{value}</span> of 100, at most {cap} with this chain; {Safe(view.Exposure)} exposure</p>");
            page.Append("<table><thead><tr><th>component</th><th class=n>weight, %</th><th class=n>of 1000</th><th>why</th></tr></thead><tbody>");
            foreach (var (name, weight, worth, why) in view.Components)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Safe(name)}</td><td class=n>{weight}</td><td class=n>{worth}</td><td>{Safe(why)}</td></tr>");
            }

            page.Append($"</tbody></table><h2>Who stands behind it</h2><p>{Safe(view.Grade)}</p><pre>");
            foreach (var line in view.Chain)
            {
                page.Append(Encode(line)).Append('\n');
            }

            page.Append("</pre>");
            Lines(page, "Look at this", view.Warnings);
            Lines(page, "Trust flows along", view.Ways);
            Lines(page, "Trust flows to what speaks against it along", view.WaysAgainst);
            Lines(page, "Does not count", view.Ignored);
            Table(page, "On public record", ["link", "who", "where"], view.Log.Select(row => new[] { row.Link, row.What, row.Place }));
            Table(page, "What rules found", ["severity", "rule", "where", "what"], view.Findings.Select(row => new[] { row.Severity, row.Rule, row.Place, row.Message }));
            if (view.Findings.IsEmpty)
            {
                page.Append("<h2>What rules found</h2><p>Nothing. That does not mean that there is nothing.</p>");
            }
        }

        var versions = content.Entries.Where(other => other.SkillId == entry.SkillId).OrderByDescending(other => other.Version).ToList();
        page.Append("<h2>Versions</h2><ul>");
        foreach (var other in versions.Take(MaxRows))
        {
            page.Append($"<li><a href=\"{Address(other)}\">{Safe(other.Version.ToString())}</a></li>");
        }

        page.Append($"</ul><h2>To install it</h2><pre>pluginhost skills install --registry-url URL/index.json --skill-id {Safe(entry.SkillId)} --version {Safe(entry.Version.ToString())}</pre>");
        page.Append($"<p>payload <code>{Safe(view.Payload)}</code></p><p>Grade and score are as the operator of this registry sees it; your policy may believe other people.</p>");
        return End(page);
    }

    /// <summary>A page that says that something is not so.</summary>
    public static string Problem(string title, string text) => End(Head(title).Append($"<h1>{Safe(title)}</h1><p>{Safe(text)}</p><p><a href=\"/\">all skills</a></p>"));

    private static StringBuilder Head(string title) =>
        new StringBuilder().Append($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{Safe(title)}</title><style>{Style}</style></head><body>");

    private static StringBuilder Begin(RegistryContent content, string title, DateTimeOffset now)
    {
        var timestamp = content.Timestamp;
        var fresh = timestamp.Expires > now ? $"<span class=\"good\">fresh until {timestamp.Expires:u}</span>" : $"<span class=\"bad\">stale since {timestamp.Expires:u}</span>";
        return Head(title).Append($"<header><p>{Safe(content.Description.Name)} · {fresh}</p><p>key <code>{Safe(content.Description.Key)}</code></p></header><h1>{Safe(title)}</h1>");
    }

    private static string End(StringBuilder page) => page.Append("</body></html>\n").ToString();

    private static void Advisories(StringBuilder page, IReadOnlyCollection<RegistryAdvisory> advisories)
    {
        if (advisories.Count > 0)
        {
            Table(page, "Against versions", ["since", "what", "version", "why"], advisories.OrderByDescending(advisory => advisory.IssuedAt).Take(MaxRows)
                .Select(advisory => new[] { advisory.IssuedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), RegistryAdvisory.NameOf(advisory.Action), $"{advisory.Skill} {advisory.Version}", advisory.Reason }));
        }
    }

    private static void Lines(StringBuilder page, string title, IReadOnlyCollection<string> lines)
    {
        if (lines.Count > 0)
        {
            page.Append($"<h2>{Safe(title)}</h2><ul>").AppendJoin("", lines.Select(line => $"<li>{Safe(line)}</li>")).Append("</ul>");
        }
    }

    private static void Table(StringBuilder page, string title, string[] heads, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            page.Append($"<h2>{Safe(title)}</h2><table><thead><tr>").AppendJoin("", heads.Select(head => $"<th>{Safe(head)}</th>")).Append("</tr></thead><tbody>");
            all.ForEach(row => page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Safe(cell)}</td>")).Append("</tr>"));
            page.Append("</tbody></table>");
        }
    }

    private static string Address(RegistryEntry entry) => $"/skills/{Uri.EscapeDataString(entry.SkillId)}/{Uri.EscapeDataString(entry.Version.ToString())}";

    private static string Safe(string text) => Encode(Printable.Text(text));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
