using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary>What is told of one skill.</summary>
internal sealed class SkillTotals
{
    public long Calls { get; private set; }

    public long Failed { get; private set; }

    public long Fuel { get; private set; }

    public long Microseconds { get; private set; }

    public long Denied { get; private set; }

    /// <summary>Who consented to what: one text for each record of it.</summary>
    public List<string> Consents { get; } = [];

    /// <summary>How often a resource was demanded, and how often in vain.</summary>
    public Dictionary<(string Capability, string Resource), (long Allowed, long Denied)> Touched { get; } = [];

    public void Add(AuditMatch record)
    {
        switch (record.Type)
        {
            case "call":
                Calls++;
                Failed += record["outcome"] == "ok" ? 0 : 1;
                Fuel += Number(record, "fuel");
                Microseconds += Number(record, "us");
                break;
            case "consent" when Consents.Count < AuditSummary.MostListed:
                Consents.Add($"{record["time"]}: {record["decision"]} {record["version"]} {record["scope"]} {record["who"]} {record["how"]} payload {record["payload"]}");
                break;
            case "demand":
                var isAllowed = record["decision"] == "allow";
                Denied += isAllowed ? 0 : 1;
                var key = (record["capability"], record["resource"]);
                if (Touched.Count < AuditSummary.MostListed || Touched.ContainsKey(key))
                {
                    var (allowed, denied) = Touched.GetValueOrDefault(key);
                    Touched[key] = isAllowed ? (allowed + 1, denied) : (allowed, denied + 1);
                }

                break;
        }
    }

    private static long Number(AuditMatch record, string name) => record.Fields.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
