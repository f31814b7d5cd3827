using System.Text.Json;
using PluginHost.Skills;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>palyra</c> verb: packages of an independent writer, with the room that must refuse each in <c>cases.json</c>. Only
/// the rooms that exist are asked, so a package that a later room must refuse has to pass these.
/// </summary>
internal static class PackagesCommand
{
    private static readonly string[] Rooms = ["archive", "manifest", "signature", "integrity", "sbom", "provenance"];

    public static int Run(string folder, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        foreach (var item in cases.RootElement.EnumerateObject())
        {
            var room = item.Value.GetProperty("expect").GetString()!;
            var expected = Rooms.Contains(room) ? room : "accept";
            var actual = Verdict(File.ReadAllBytes(Path.Combine(folder, item.Name + ".palyra-skill")));
            if (actual.Split('.')[0] == expected)
            {
                passed++;
            }
            else
            {
                failed++;
                output.WriteLine($"  {item.Name}: {actual}, expected {expected}: {item.Value.GetProperty("why").GetString()}");
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static string Verdict(byte[] package)
    {
        try
        {
            var skill = SignedSkill.Verify(SkillArtifact.Read(package));
            SkillInspection.Of(skill);
            return "accept";
        }
        catch (SkillVerificationException e)
        {
            return $"{e.Code} ({e.Message})";
        }
    }
}
