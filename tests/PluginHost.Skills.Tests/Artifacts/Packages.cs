using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Artifacts;

/// <summary>Makes packages with the framework's own ZIP writer.</summary>
internal static class Packages
{
    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)5, 32)];

    public static byte[] Module { get; } = [0, 97, 115, 109, 1, 0, 0, 0];

    public static byte[] Zip(params (string Path, byte[] Content)[] entries)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in entries)
            {
                using var stream = zip.CreateEntry(path).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    /// <summary>A package signed as the format says, before <paramref name="change"/> alters the signature's text.</summary>
    public static byte[] Signed(Func<string, string>? change = null)
    {
        (string, byte[])[] entries = [("skill.toml", "a=1\n"u8.ToArray()), ("modules/m.wasm", Module)];
        var payload = PayloadDigest.Of(entries.Select(entry => new ArchiveEntry(entry.Item1, entry.Item2)));
        var key = Ed25519.PublicKey(Seed);
        var text = $$"""
            {"algorithm":"ed25519-sha256","publisher":"acme","key_id":"ed25519:{{Convert.ToHexStringLower(SHA256.HashData(key))[..16]}}",
             "public_key_base64":"{{Convert.ToBase64String(key)}}","payload_sha256":"{{payload}}",
             "signature_base64":"{{Convert.ToBase64String(Ed25519.Sign(Seed, Encoding.ASCII.GetBytes(payload)))}}","signed_at_unix_ms":0}
            """;
        return Zip([.. entries, (PayloadDigest.SignatureEntry, Encoding.UTF8.GetBytes(change?.Invoke(text) ?? text))]);
    }
}
