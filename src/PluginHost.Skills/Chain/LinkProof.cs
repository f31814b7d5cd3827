using System.Text;
using System.Text.Json;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>
/// The proof of a log for a link. In a file of its own it is <c>attestations.tlog/LINK.tlog-proof</c>; wherever a bundle is kept or sent as one file it is a line
/// of it, which readers of envelopes ignore.
/// </summary>
/// <param name="Link">Id of the link; empty where the file does not tell.</param>
/// <param name="Proof">The proof.</param>
internal sealed record LinkProof(string Link, LogProof Proof)
{
    /// <summary>The folder beside a package where proofs lie.</summary>
    public const string Folder = "attestations.tlog";

    private const string ProofField = "tlogProof";
    private const string LinkField = "link";

    /// <summary>Whether a line of a bundle is a proof, well-formed or not.</summary>
    public static bool IsLine(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8).StartsWith("{\"tlogProof\":"u8);

    /// <summary>The proof of a line; null where it is malformed.</summary>
    public static LinkProof? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            return new LinkProof(document.RootElement.Text(LinkField) ?? "", LogProof.Read(Convert.FromBase64String(document.RootElement.Text(ProofField) ?? "")));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The line of a proof, its line feed included.</summary>
    public static byte[] Line(string link, ReadOnlySpan<byte> proof) => Encoding.UTF8.GetBytes($"{{\"{ProofField}\":\"{Convert.ToBase64String(proof)}\",\"{LinkField}\":\"{JsonEncodedText.Encode(link)}\"}}\n");
}
