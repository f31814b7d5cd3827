using System.Text.Json;
using PluginHost.Skills.Transparency;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>tlog</c> verb: proofs of inclusion and consistency of the project transparency-dev/merkle. Each file says with <c>wantErr</c> whether its proof must
/// fail.
/// </summary>
internal static class TlogCommand
{
    public static int Run(string path, TextWriter output)
    {
        var report = new VectorReport(output);
        IEnumerable<string> files = File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            report.Add(file, Problem(file));
        }

        return report.End();
    }

    private static string? Problem(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var vector = document.RootElement;
        var holds = vector.TryGetProperty("leafIdx", out _)
            ? Number(vector, "leafIdx") is { } index && Number(vector, "treeSize") is { } size && MerkleTree.IsIncluded(index, size, Bytes(vector, "leafHash"), Proof(vector), Bytes(vector, "root"))
            : Number(vector, "size1") is { } before && Number(vector, "size2") is { } after && MerkleTree.IsConsistent(before, after, Bytes(vector, "root1"), Bytes(vector, "root2"), Proof(vector));
        return holds == vector.GetProperty("wantErr").GetBoolean() ? holds ? "accepted" : "refused" : null;
    }

    /// <summary>Sizes go up to 2⁶⁴; no tree of ours does.</summary>
    private static long? Number(JsonElement vector, string name) => vector.GetProperty(name).TryGetInt64(out var number) ? number : null;

    private static byte[] Bytes(JsonElement vector, string name) => vector.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? Convert.FromBase64String(text.GetString()!) : [];

    private static List<byte[]> Proof(JsonElement vector) => vector.TryGetProperty("proof", out var proof) && proof.ValueKind == JsonValueKind.Array ? [.. proof.EnumerateArray().Select(hash => Convert.FromBase64String(hash.GetString()!))] : [];
}
