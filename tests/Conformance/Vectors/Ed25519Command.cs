using System.Text;
using System.Text.Json;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>ed25519</c> verb: runs vectors of Wycheproof, and of the CCTV collection, whose flags say what is odd about each.
/// </summary>
internal static class Ed25519Command
{
    /// <summary>Oddities that strict verification accepts: parts of small order beside a part of full order.</summary>
    private static readonly string[] Accepted = ["low_order_component_A", "low_order_component_R"];

    public static int Run(IReadOnlyList<string> paths, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        foreach (var path in paths)
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var (name, key, message, signature, expected) in Vectors(document.RootElement))
            {
                var verdict = Ed25519.Verify(key, message, signature);
                if ((verdict == SignatureVerdict.Valid) == expected)
                {
                    passed++;
                }
                else
                {
                    failed++;
                    output.WriteLine($"  {path}: {name}: {verdict}, expected {(expected ? "valid" : "a refusal")}");
                }
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static IEnumerable<(string Name, byte[] Key, byte[] Message, byte[] Signature, bool Expected)> Vectors(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root.EnumerateArray().Select(vector => (
                vector.GetProperty("number").ToString(),
                Hex(vector, "key"),
                Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!),
                Hex(vector, "sig"),
                vector.GetProperty("flags").ValueKind == JsonValueKind.Null
                    || vector.GetProperty("flags").EnumerateArray().All(flag => Accepted.Contains(flag.GetString()))));
        }

        return root.GetProperty("testGroups").EnumerateArray().SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(test => (
            test.GetProperty("tcId").ToString(),
            Hex(group.GetProperty("publicKey"), "pk"),
            Hex(test, "msg"),
            Hex(test, "sig"),
            test.GetProperty("result").GetString() == "valid")));
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
