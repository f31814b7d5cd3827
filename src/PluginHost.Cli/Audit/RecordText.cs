using PluginHost.Audit;
using PluginHost.Hosting;

namespace PluginHost.Cli.Audit;

/// <summary>Records as lines for a person. Whatever somebody else wrote is shown escaped.</summary>
internal static class RecordText
{
    public static string Of(AuditMatch record) => Printable.Text($"{record["time"]}  {record.Type,-10}  {What(record)}".TrimEnd());

    private static string What(AuditMatch record) => record.Type switch
    {
        "demand" => $"{record["decision"],-5}  {record["capability"],-16}  {record["resource"]}  by {Skill(record)}{For(record)}  ({record["rule"]})",
        "done" => $"{"",-5}  demand {record.Fields.GetProperty("of")}: {record["outcome"]}",
        "call" => $"{record["outcome"]}  {Skill(record)}{For(record)}",
        "consent" => $"{record["decision"]}  {Skill(record)}  {record["scope"]}  by {Known(record["who"])} ({Known(record["how"])})",
        "load" => $"{Skill(record)}  signed by {record["publisher"]} {record["key"]}",
        "refusal" => $"{record["code"]}  {Skill(record)}",
        "trust" => $"{record["event"]}  {record["publisher"]} {record["key"]}",
        "lifecycle" or "config" => $"{record["event"]}  {record["segment"]}{record["reason"]}",
        "checkpoint" => $"{record.Fields.GetProperty("size")} lines",
        _ => "",
    };

    private static string Skill(AuditMatch record) => string.Join(' ', new[] { record["skill"], record["version"], record["tool"] }.Where(part => part.Length > 0));

    private static string For(AuditMatch record) => record.Who is { Length: > 0 } who ? $"  for {who}" : "";

    private static string Known(string text) => text.Length > 0 ? text : "unknown";
}
