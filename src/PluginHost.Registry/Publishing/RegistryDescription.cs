using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>What a registry says of itself to people and to its own verbs (<c>registry.json</c>). Nobody trusts it: keys are listed by operators.</summary>
/// <param name="Name">What it is called; its index is signed under that name.</param>
/// <param name="Key">Lower hex public key that signs for it.</param>
/// <param name="Log">Origin and key of its log, as policies name it.</param>
/// <param name="Lifetime">How long what it says is fresh.</param>
internal sealed record RegistryDescription(string Name, string Key, string Log, TimeSpan Lifetime)
{
    /// <summary>Its file.</summary>
    public const string File = "registry.json";

    private const int MaxBytes = 64 * 1024;
    private const int MaxName = 128;

    /// <summary>Keys of logs have a plus sign, which people copy.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public byte[] Bytes => Encoding.UTF8.GetBytes(new JsonObject { ["schema_version"] = 1, ["name"] = Name, ["key"] = Key, ["log"] = Log, ["lifetime_seconds"] = (long)Lifetime.TotalSeconds }.ToJsonString(Plain) + "\n");

    /// <exception cref="SkillVerificationException">There is none, or it is malformed.</exception>
    public static RegistryDescription Read(IPublicFiles files)
    {
        var bytes = files.Find(File, MaxBytes) ?? throw RegistryRefusal.Form($"there is no '{File}': 'registry init' makes a registry");
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 2, AllowDuplicateProperties = false });
            var root = document.RootElement;
            return root.GetProperty("schema_version").GetInt32() == 1 && IsName(root.Text("name")) && root.Text("key") is { Length: 64 } key && key.All(char.IsAsciiHexDigitLower)
                && root.Text("log") is { Length: > 0 } log && NoteKey.Parse(log) is not null && TimeSpan.FromSeconds(root.GetProperty("lifetime_seconds").GetInt64()) is var lifetime && lifetime > TimeSpan.Zero && lifetime <= RegistryTimestamp.Longest
                ? new RegistryDescription(root.Text("name")!, key, log, lifetime)
                : throw RegistryRefusal.Form($"'{File}' is malformed");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw RegistryRefusal.Form($"'{File}' is malformed: {e.Message}");
        }
    }

    /// <summary>Whether a text can be the name of a registry.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= MaxName } && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
}
