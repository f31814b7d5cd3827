using System.Text.Json;

namespace PluginHost.Cli.Skills;

/// <summary>One thing that a guest asked for.</summary>
/// <param name="Capability">Name of the capability.</param>
/// <param name="Resource">On what, as the guest chose it.</param>
/// <param name="WasAllowed">Whether it was performed.</param>
internal sealed record Observation(string Capability, string Resource, bool WasAllowed)
{
    /// <summary>The demands of an audit log, each once.</summary>
    public static IReadOnlyList<Observation> Read(string auditFile)
    {
        var seen = new List<Observation>();
        foreach (var line in File.ReadLines(auditFile))
        {
            using var record = JsonDocument.Parse(line);
            if (record.RootElement.GetProperty("type").GetString() == "demand")
            {
                seen.Add(new Observation(
                    record.RootElement.GetProperty("capability").GetString()!,
                    record.RootElement.GetProperty("resource").GetString()!,
                    record.RootElement.GetProperty("decision").GetString() == "allow"));
            }
        }

        return [.. seen.Distinct()];
    }
}
