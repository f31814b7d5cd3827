using System.CommandLine;
using System.Globalization;
using PluginHost.Audit;

namespace PluginHost.Cli.Audit;

/// <summary>Flags that say which records are wanted; all that are given must hold.</summary>
internal sealed class FilterFlags
{
    private static readonly string[] DateForms = ["yyyy-MM", "yyyy-MM-dd"];
    private static readonly string[] Fields = ["skill", "version", "payload", "tool", "type", "capability", "decision", "call", "principal", "channel", "session", "correlation", "code"];

    private readonly Dictionary<string, Option<string?>> _fields = Fields.ToDictionary(
        name => name, name => new Option<string?>("--" + name) { Description = $"Records whose {name} is this.", HelpName = name.ToUpperInvariant() }, StringComparer.Ordinal);

    private readonly Option<string?> _text = new("--text") { Description = "Records that hold this text, for instance a part of a resource.", HelpName = "TEXT" };
    private readonly Option<string?> _since = new("--since") { Description = "From this moment on (UTC): 2026-07, 2026-07-14 or RFC 3339.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Until this moment: a month or a day with all of it.", HelpName = "TIME" };

    public void AddTo(Command command)
    {
        foreach (var option in _fields.Values.Append(_text).Append(_since).Append(_until))
        {
            command.Add(option);
        }
    }

    /// <exception cref="CommandError">A time cannot be read.</exception>
    public AuditFilter Filter(ParseResult parse)
    {
        var filter = new AuditFilter();
        foreach (var (name, option) in _fields)
        {
            filter.Field(name, parse.GetValue(option));
        }

        return filter.Text(parse.GetValue(_text)).Between(Time(parse.GetValue(_since), isEnd: false), Time(parse.GetValue(_until), isEnd: true));
    }

    private static DateTimeOffset? Time(string? text, bool isEnd)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, DateForms, CultureInfo.InvariantCulture, utc, out var date))
        {
            return !isEnd ? date : text.Length == DateForms[0].Length ? date.AddMonths(1) : date.AddDays(1);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out var moment)
            ? moment
            : throw new CommandError(ExitCode.Usage, "usage.time", $"'{text}' is no time: give 2026-07, 2026-07-14 or 2026-07-14T09:30:00Z");
    }
}
