using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary>What a report tells: totals of each skill, what it touched, and how much happened when.</summary>
internal sealed class AuditSummary
{
    /// <summary>Resources that are listed for a skill, and records in the timeline; more are only counted.</summary>
    public const int MostListed = 500;

    private const string Others = "(more skills than are listed)";

    public Dictionary<string, SkillTotals> Skills { get; } = new(StringComparer.Ordinal);

    public List<AuditMatch> Timeline { get; } = [];

    public SortedDictionary<string, (long Allowed, long Denied)> Days { get; } = new(StringComparer.Ordinal);

    public long Records { get; private set; }

    public bool Add(AuditMatch record)
    {
        Records++;
        if (Timeline.Count < MostListed && record.Type is not "done")
        {
            Timeline.Add(record);
        }

        if (record["skill"] is { Length: > 0 } id)
        {
            if (!Skills.TryGetValue(id, out var skill) && !Skills.TryGetValue(id = Skills.Count < MostListed ? id : Others, out skill))
            {
                Skills[id] = skill = new SkillTotals();
            }

            skill.Add(record);
        }

        if (record.Type == "demand")
        {
            var day = record["time"] is { Length: >= 10 } time && (Days.Count < MostListed || Days.ContainsKey(time[..10])) ? time[..10] : "";
            var (allowed, denied) = Days.GetValueOrDefault(day);
            Days[day] = record["decision"] == "allow" ? (allowed + 1, denied) : (allowed, denied + 1);
        }

        return true;
    }
}
