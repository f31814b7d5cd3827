using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PluginHost.Consent;

/// <summary>Everything that a person consents to, in a form that can be kept and compared.</summary>
internal sealed record ConsentTerms
{
    private const int MaxWords = 300;

    /// <summary>The key it is signed with, in hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>What is asked: capability, resource, detail and tool.</summary>
    public required IReadOnlyList<string> Grants { get; init; }

    /// <summary>Digest of what each tool tells of itself, by its id: a model reads it, so other words are another tool.</summary>
    public required IReadOnlyDictionary<string, string> Tools { get; init; }

    /// <summary>What each tool says of itself, as far as it is told of a change.</summary>
    public required IReadOnlyDictionary<string, string> Words { get; init; }

    /// <summary>Fuel, milliseconds and bytes of memory of a call, by tool.</summary>
    public required IReadOnlyDictionary<string, long[]> Quotas { get; init; }

    /// <summary>Digests of modules, by path.</summary>
    public required IReadOnlyDictionary<string, string> Modules { get; init; }

    /// <summary>How much its provenance says.</summary>
    public required int Provenance { get; init; }

    /// <summary>Stands for all of it.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        this with { Grants = Sorted(Grants), Tools = Sorted(Tools), Words = Sorted(Words), Quotas = Sorted(Quotas), Modules = Sorted(Modules) }, ConsentJson.Default.ConsentTerms)));

    public static ConsentTerms Of(ConsentRequest request, ImmutableArray<ToolGrant> plan, Skills.Inspection.InspectedSkill skill) => new()
    {
        Key = Convert.ToHexStringLower(skill.Signed.Signature.PublicKey),
        Grants = Sorted([.. request.Capabilities.SelectMany(asked => asked.Tools.Select(tool => $"{asked.Capability} {asked.Resource}{(asked.Detail.Length > 0 ? $" ({asked.Detail})" : "")} for {tool}"))]),
        Tools = request.Tools.ToDictionary(tool => tool.Id, Digest, StringComparer.Ordinal),
        Words = request.Tools.ToDictionary(tool => tool.Id, tool => Cut($"{tool.Name}: {tool.Description}"), StringComparer.Ordinal),
        Quotas = plan.ToDictionary(
            tool => tool.Code.Tool.Id,
            tool => new[] { tool.Limits.Fuel ?? long.MaxValue, (long)tool.Limits.Time.TotalMilliseconds, tool.Limits.MemoryBytes },
            StringComparer.Ordinal),
        Modules = plan.Select(tool => tool.Code.Module).DistinctBy(module => module.Path, StringComparer.Ordinal).ToDictionary(
            module => module.Path, module => Convert.ToHexStringLower(SHA256.HashData(module.Bytes)), StringComparer.Ordinal),
        Provenance = (int)skill.Inspection.Provenance.Kind,
    };

    /// <summary>What is different now from what was accepted.</summary>
    public IReadOnlyList<ConsentChange> Since(ConsentTerms accepted)
    {
        var changes = new List<ConsentChange>();
        if (Key != accepted.Key)
        {
            changes.Add(new ConsentChange("key", $"signed with another key than before ({Skills.Cryptography.KeyId.Of(Convert.FromHexString(accepted.Key))})", Widens: true));
        }

        changes.AddRange(Grants.Except(accepted.Grants, StringComparer.Ordinal).Select(grant => new ConsentChange("grant", $"new: {grant}", Widens: true)));
        changes.AddRange(accepted.Grants.Except(Grants, StringComparer.Ordinal).Select(grant => new ConsentChange("grant", $"no longer: {grant}", Widens: false)));
        foreach (var (tool, digest) in Tools)
        {
            if (!accepted.Tools.TryGetValue(tool, out var known))
            {
                changes.Add(new ConsentChange("tool", $"new tool {tool}", Widens: true));
            }
            else if (known != digest)
            {
                var (was, now) = (accepted.Words.GetValueOrDefault(tool, ""), Words.GetValueOrDefault(tool, ""));
                changes.Add(new ConsentChange("tool", was != now ? $"tool {tool} said \"{was}\", says \"{now}\"" : $"what tool {tool} takes or gives (its schemas), or how its risk is told, is different", Widens: true));
            }
        }

        changes.AddRange(accepted.Tools.Keys.Except(Tools.Keys).Select(tool => new ConsentChange("tool", $"tool {tool} is gone", Widens: false)));
        foreach (var (tool, quotas) in Quotas)
        {
            if (accepted.Quotas.TryGetValue(tool, out var known) && !known.SequenceEqual(quotas))
            {
                changes.Add(new ConsentChange("quota", $"fuel, milliseconds and bytes of memory of {tool}: {string.Join(", ", known)} before, {string.Join(", ", quotas)} now", Widens: quotas.Zip(known).Any(pair => pair.First > pair.Second) || quotas.Length != known.Length));
            }
        }

        foreach (var path in Modules.Keys.Union(accepted.Modules.Keys).Where(path => Modules.GetValueOrDefault(path) != accepted.Modules.GetValueOrDefault(path)))
        {
            changes.Add(new ConsentChange("module", $"other code in {path}: sha256 {Start(Modules, path)}, was {Start(accepted.Modules, path)}", Widens: false));
        }

        if (Provenance != accepted.Provenance)
        {
            changes.Add(new ConsentChange("provenance", Provenance < accepted.Provenance ? "its provenance says less than before" : "its provenance says more than before", Widens: Provenance < accepted.Provenance));
        }

        return changes;
    }

    private static string Start(IReadOnlyDictionary<string, string> digests, string path) => digests.TryGetValue(path, out var digest) ? digest[..16] + "…" : "none";

    private static string Cut(string text) => text.Length <= MaxWords ? text : text[..MaxWords] + "…";

    /// <summary>By the numbers of characters: how a language sorts must not decide what is the same.</summary>
    private static string[] Sorted(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];

    private static Dictionary<string, T> Sorted<T>(IReadOnlyDictionary<string, T> values) =>
        values.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    private static string Digest(SkillTool tool) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize([tool.Name, tool.Description, tool.InputSchema.GetRawText(), tool.OutputSchema.GetRawText(), tool.IsSensitive ? "sensitive" : "", tool.RequiresApproval ? "approval" : ""], ConsentJson.Default.StringArray))));
}
