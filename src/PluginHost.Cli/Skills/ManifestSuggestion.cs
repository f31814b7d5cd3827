using System.Text;
using System.Text.RegularExpressions;
using PluginHost.Sandbox;

namespace PluginHost.Cli.Skills;

/// <summary>The least that a manifest would have to ask for so that what was observed is granted, as TOML.</summary>
internal static partial class ManifestSuggestion
{
    private const int Https = 443;
    private const int Http = 80;
    private const string Warning = "# Chosen by the guest, observed once: a wish, not a recommendation. Keep only what you understand.";

    /// <summary>Writes both files.</summary>
    /// <param name="seen">What the guest asked for.</param>
    /// <param name="result">What its call used.</param>
    public static string Of(IReadOnlyList<Observation> seen, GuestResult result)
    {
        var requests = seen.Where(item => item.Capability == "http.egress").Select(Request.Parse).OfType<Request>().GroupBy(request => request.Origin).ToList();
        var roots = seen.Where(item => item.Capability is "filesystem.read" or "filesystem.write")
            .GroupBy(item => RootOf(item.Resource), StringComparer.Ordinal).Where(group => group.Key.Length > 0)
            .Select(group => (Path: group.Key, Write: group.Any(item => item.Capability == "filesystem.write"))).ToList();
        var secrets = Names(seen, "secrets.read").Where(name => name.Contains('/', StringComparison.Ordinal)).ToList();
        var text = new StringBuilder();
        text.AppendLine("# skill.toml").AppendLine(Warning).AppendLine("[capabilities]");
        text.AppendLine($"http_egress_allowlist = {List(requests.Select(group => group.Key.Host).Distinct(StringComparer.Ordinal))}");
        text.AppendLine("[capabilities.filesystem]");
        text.AppendLine($"read_roots = {List(roots.Where(root => !root.Write).Select(root => root.Path))}");
        text.AppendLine($"write_roots = {List(roots.Where(root => root.Write).Select(root => root.Path))}");
        foreach (var scope in secrets.GroupBy(name => name[..name.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal))
        {
            text.AppendLine("[[capabilities.secrets]]").AppendLine($"scope = {Text(scope.Key)}");
            text.AppendLine($"key_names = {List(scope.Select(name => name[(scope.Key.Length + 1)..]))}");
        }

        text.AppendLine("[capabilities.quotas]        # twice what this call used");
        text.AppendLine($"wall_clock_timeout_ms = {Math.Max(1_000, (long)result.Time.TotalMilliseconds * 2)}");
        text.AppendLine($"fuel_budget = {Math.Max(1_000_000, result.Fuel * 2)}");
        text.AppendLine($"max_memory_bytes = {Math.Max(65_536, result.PeakMemoryBytes * 2)}");
        text.AppendLine().AppendLine("# assets/capabilities.toml").AppendLine(Warning).AppendLine("schema = 1");
        Supplement(text, seen, requests, roots, secrets);
        return text.ToString();
    }

    private static void Supplement(
        StringBuilder text, IReadOnlyList<Observation> seen, List<IGrouping<Origin, Request>> requests, List<(string Path, bool Write)> roots, List<string> secrets)
    {
        foreach (var (group, i) in requests.Select((group, i) => (group, i)))
        {
            text.AppendLine($"[http.api{i + 1}]{Performed(group.All(request => request.WasAllowed))}").AppendLine($"host = {Text(group.Key.Host)}");
            if (group.Key.Scheme != "https")
            {
                text.AppendLine($"scheme = {Text(group.Key.Scheme)}");
            }

            if (group.Key.Port != (group.Key.Scheme == "https" ? Https : Http))
            {
                text.AppendLine($"port = {group.Key.Port}");
            }

            text.AppendLine($"methods = {List(group.Select(request => request.Method).Distinct(StringComparer.Ordinal))}");
            text.AppendLine($"path_prefix = {Text(Common([.. group.Select(request => request.Path)]))}");
        }

        foreach (var (root, i) in roots.Select((root, i) => (root, i)))
        {
            var allowed = seen.Where(item => item.Capability.StartsWith("filesystem.", StringComparison.Ordinal) && RootOf(item.Resource) == root.Path).All(item => item.WasAllowed);
            text.AppendLine($"[files.files{i + 1}]{Performed(allowed)}").AppendLine($"path = {Text(root.Path)}").AppendLine($"access = \"{(root.Write ? "write" : "read")}\"");
        }

        Section(text, "environment", "keys", Names(seen, "environment"));
        Section(text, "secrets_read", "keys", secrets);
        Section(text, "calls", "tools", Names(seen, "skill.call"));
        Section(text, "host", "functions", Names(seen, "host.function"));
    }

    private static string Performed(bool allowed) => allowed ? "" : "        # was denied: what would have come after it is not known";

    private static void Section(StringBuilder text, string section, string key, IEnumerable<string> names)
    {
        var list = names.ToList();
        if (list.Count > 0)
        {
            text.AppendLine($"[{section}]").AppendLine($"{key} = {List(list)}");
        }
    }

    private static IEnumerable<string> Names(IReadOnlyList<Observation> seen, string capability) =>
        seen.Where(item => item.Capability == capability).Select(item => item.Resource).Distinct(StringComparer.Ordinal);

    /// <summary>The part of a guest's path that a manifest names; empty where the path leads nowhere.</summary>
    private static string RootOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var first, ..] && first is not (".." or "assets") ? first : "";

    /// <summary>The longest path of whole segments that all others are at or below.</summary>
    private static string Common(IReadOnlyList<string> paths)
    {
        var parts = paths.Select(path => path.Split('/')).ToList();
        var shared = 0;
        while (parts.All(path => path.Length > shared && path[shared] == parts[0][shared]))
        {
            shared++;
        }

        var prefix = string.Join('/', parts[0][..shared]);
        return prefix.Length == 0 ? "/" : prefix;
    }

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Text))}]";

    /// <summary>A basic string of TOML; everything that a reader could be fooled by is escaped.</summary>
    private static string Text(string text) =>
        $"\"{string.Concat(text.EnumerateRunes().Select(rune => rune.Value is >= ' ' and < 0x7F and not ('"' or '\\') ? rune.ToString() : $"\\U{rune.Value:x8}"))}\"";

    private sealed record Origin(string Scheme, string Host, int Port);

    private sealed partial record Request(string Method, Origin Origin, string Path, bool WasAllowed)
    {
        public static Request? Parse(Observation item) => Form().Match(item.Resource) is { Success: true } match && int.TryParse(match.Groups["port"].ValueSpan, out var port)
            ? new Request(match.Groups["method"].Value, new Origin(match.Groups["scheme"].Value, match.Groups["host"].Value, port), match.Groups["path"].Value, item.WasAllowed)
            : null;

        [GeneratedRegex(@"^(?<method>[A-Z]+) (?<scheme>https?)://(?<host>[^/]+):(?<port>[0-9]+)(?<path>/[^?]*)")]
        private static partial Regex Form();
    }
}
