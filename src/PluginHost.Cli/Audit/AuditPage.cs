using System.Globalization;
using System.Text.Encodings.Web;
using PluginHost.Audit;
using PluginHost.Hosting;

namespace PluginHost.Cli.Audit;

/// <summary>
/// A report as one page without scripts, images or anything from elsewhere. Its policy forbids them too, should something slip
/// through: texts of guests and publishers stand in it, escaped for readers first and for markup then.
/// </summary>
internal static class AuditPage
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Audit report</title>
        <style>
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1f24; background: #fff; }
        h1, h2, h3 { line-height: 1.2; } table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #d8dee4; overflow-wrap: anywhere; } th { white-space: nowrap; }
        .n { text-align: right; font-variant-numeric: tabular-nums; } .deny { color: #a40e26; font-weight: 600; } .good { color: #116329; }
        code, td.r { font-family: ui-monospace, monospace; font-size: .9em; }
        .bar { display: flex; height: .9rem; min-width: 1px; } .bar i { background: #4184e4; } .bar b { background: #cf222e; }
        @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } th, td { border-color: #30363d; } .deny { color: #ff8182; } .good { color: #56d364; } }
        </style>
        </head>
        <body>
        """;

    public static void Write(AuditSummary summary, IReadOnlyList<(string Log, AuditReport Report)> logs, TextWriter page)
    {
        page.WriteLine(Head);
        page.WriteLine($"<h1>Audit report</h1>\n<p>{summary.Records} records.</p>");
        Logs(logs, page);
        Days(summary, page);
        foreach (var (id, skill) in summary.Skills.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Skill(id, skill, page);
        }

        Timeline(summary, page);
        page.WriteLine("</body>\n</html>");
    }

    private static void Logs(IReadOnlyList<(string Log, AuditReport Report)> logs, TextWriter page)
    {
        page.WriteLine("<h2>Logs</h2>\n<table><tr><th>log</th><th class=n>lines</th><th>chain</th><th>last hash</th></tr>");
        foreach (var (log, report) in logs)
        {
            var verdict = report.Intact ? "<span class=good>holds; its end is not proven</span>" : $"<span class=deny>TAMPERING FOUND: {Safe(report.Problems[0].What)}</span>";
            page.WriteLine($"<tr><td>{Safe(log)}</td><td class=n>{report.Lines}</td><td>{verdict}</td><td class=r>{Safe(report.Head)}</td></tr>");
        }

        page.WriteLine("</table>");
    }

    private static void Days(AuditSummary summary, TextWriter page)
    {
        var most = summary.Days.Count == 0 ? 1 : summary.Days.Values.Max(day => day.Allowed + day.Denied);
        page.WriteLine("<h2>Demands by day</h2>\n<table><tr><th>day</th><th class=n>allowed</th><th class=n>denied</th><th style=\"width:60%\"></th></tr>");
        foreach (var (day, (allowed, denied)) in summary.Days)
        {
            page.WriteLine($"<tr><td>{Safe(day)}</td><td class=n>{allowed}</td><td class=n>{denied}</td><td><div class=bar><i style=\"width:{Percent(allowed, most)}\"></i><b style=\"width:{Percent(denied, most)}\"></b></div></td></tr>");
        }

        page.WriteLine("</table>");
    }

    private static void Skill(string id, SkillTotals skill, TextWriter page)
    {
        page.WriteLine($"<h2>{Safe(id)}</h2>\n<p>{skill.Calls} calls, {skill.Failed} of them not ok; {skill.Denied} demands denied; {skill.Microseconds / 1000} ms; {skill.Fuel} units of fuel.</p>");
        if (skill.Consents.Count > 0)
        {
            page.WriteLine("<h3>Consent</h3>\n<ul>");
            skill.Consents.ForEach(consent => page.WriteLine($"<li>{Safe(consent)}</li>"));
            page.WriteLine("</ul>");
        }

        page.WriteLine("<h3>Touched</h3>\n<table><tr><th>capability</th><th>resource</th><th class=n>allowed</th><th class=n>denied</th></tr>");
        foreach (var ((capability, resource), (allowed, denied)) in skill.Touched.OrderBy(pair => pair.Key))
        {
            page.WriteLine($"<tr><td>{Safe(capability)}</td><td class=r>{Safe(resource)}</td><td class=n>{allowed}</td><td class=\"n{(denied > 0 ? " deny" : "")}\">{denied}</td></tr>");
        }

        page.WriteLine("</table>");
    }

    private static void Timeline(AuditSummary summary, TextWriter page)
    {
        page.WriteLine($"<h2>Timeline</h2>\n<p>The first {summary.Timeline.Count} records.</p>\n<table>");
        foreach (var record in summary.Timeline)
        {
            var isDenied = record["decision"] == "deny" || record.Type == "refusal";
            page.WriteLine($"<tr><td class=\"r{(isDenied ? " deny" : "")}\">{HtmlEncoder.Default.Encode(RecordText.Of(record))}</td></tr>");
        }

        page.WriteLine("</table>");
    }

    private static string Safe(string text) => HtmlEncoder.Default.Encode(Printable.Text(text));

    private static string Percent(long part, long whole) => (100.0 * part / whole).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
