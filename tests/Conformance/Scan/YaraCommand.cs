using System.Diagnostics;
using System.Globalization;
using System.Text;
using PluginHost.Conformance.Vectors;
using PluginHost.Scan;

namespace PluginHost.Conformance.Scan;

/// <summary>The <c>yara</c> verb: rules and inputs made by chance, through the system's <c>yara</c> and through ours. Both have to find the same, at the same places.</summary>
internal static class YaraCommand
{
    private const int Rules = 12;
    private const int Inputs = 6;

    public static int Run(int rounds, TextWriter output)
    {
        if (!Exists())
        {
            output.WriteLine("skipped: there is no yara");
            return 0;
        }

        var report = new VectorReport(output);
        var folder = Directory.CreateTempSubdirectory("pluginhost-yara-");
        try
        {
            for (var seed = 1; seed <= rounds; seed++)
            {
                Round(seed, folder.FullName, report);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return report.End();
    }

    private static void Round(int seed, string folder, VectorReport report)
    {
        var generator = new RuleGenerator(seed);
        var text = generator.Rules(Rules);
        var file = Path.Combine(folder, "rules.yar");
        File.WriteAllText(file, text);
        YaraRules rules, quick;
        try
        {
            rules = YaraRules.Compile([new YaraSource("rules.yar", Encoding.Latin1.GetBytes(text))], null, findsAll: true);
            quick = YaraRules.Compile([new YaraSource("rules.yar", Encoding.Latin1.GetBytes(text))]);
        }
        catch (YaraException e)
        {
            var theirs = Yara(file, file, out var error);
            report.Add($"seed {seed}", theirs is null ? null : $"ours refuses: {e.Message}\n{text}");
            _ = error;
            return;
        }

        for (var i = 0; i < Inputs; i++)
        {
            var input = generator.Input();
            var path = Path.Combine(folder, "input");
            File.WriteAllBytes(path, input);
            var theirs = Yara(file, path, out var error);
            if (theirs is null)
            {
                report.Skip($"seed {seed}", error);
                return;
            }

            var ours = Ours(rules, input);
            var difference = theirs.Except(ours).Select(line => "- " + line).Concat(ours.Except(theirs).Select(line => "+ " + line)).Take(6).ToList();
            if (!quick.Scan(input).Matches.Select(match => match.Rule).SequenceEqual(rules.Scan(input).Matches.Select(match => match.Rule)))
            {
                report.Add($"seed {seed} input {i}", "looking for one place of a string finds other rules than looking for all");
            }

            report.Add($"seed {seed} input {i}", difference.Count == 0 ? null : $"{string.Join("; ", difference)}\n    {Blame(text, difference)}\n    {Convert.ToHexString(input)}");
        }
    }

    /// <summary>The rule that the first difference is about.</summary>
    private static string Blame(string text, List<string> differences)
    {
        var rule = differences[0][2..].Split(' ')[0];
        var start = text.IndexOf($"rule {rule} ", StringComparison.Ordinal);
        return start < 0 ? "" : text[start..(text.IndexOf("\n}", start, StringComparison.Ordinal) + 2)].ReplaceLineEndings(" ");
    }

    private static HashSet<string> Ours(YaraRules rules, byte[] input)
    {
        var lines = new HashSet<string>(StringComparer.Ordinal);
        foreach (var match in rules.Scan(input).Matches)
        {
            lines.Add(match.Rule);
            lines.UnionWith(match.Strings.Select(found => string.Create(CultureInfo.InvariantCulture, $"{match.Rule} {found.Name} {found.Offset} {found.Length}")));
        }

        return lines;
    }

    private static HashSet<string>? Yara(string rules, string input, out string error)
    {
        using var process = Process.Start(new ProcessStartInfo("yara", ["-w", "-s", "-L", rules, input]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, problem) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        error = problem.Result.Split('\n')[0];
        if (process.ExitCode != 0)
        {
            return null;
        }

        var lines = new HashSet<string>(StringComparer.Ordinal);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var rule = "";
        foreach (var line in output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("0x", StringComparison.Ordinal))
            {
                lines.Add(rule = line.Split(' ')[0]);
                continue;
            }

            // 0x1f:4:$s0: …; ours tells the first sixteen of each.
            var parts = line.Split(':');
            var key = $"{rule} {parts[2]}";
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (counts[key] <= 16)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{rule} {parts[2]} {Convert.ToInt32(parts[0], 16)} {parts[1]}"));
            }
        }

        return lines;
    }

    private static bool Exists()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("yara", ["--version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
