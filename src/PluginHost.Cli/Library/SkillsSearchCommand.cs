using System.CommandLine;
using System.Text.Json.Nodes;

namespace PluginHost.Cli.Library;

/// <summary><c>skills search</c>: what a registry offers.</summary>
internal static class SkillsSearchCommand
{
    public static Command Create()
    {
        var text = new Argument<string?>("text") { Description = "What the id or the publisher holds; all without it.", Arity = ArgumentArity.ZeroOrOne };
        var (verb, registry) = (new LibraryVerb(), new RegistryFlags());
        var command = new Command("search", "Tell what a registry offers. That it does says nothing about a package.") { text };
        registry.AddPlaceTo(command);
        return verb.Complete(command, "asking the registry", (parse, host, _) =>
        {
            var offers = host.Library.SearchAsync(registry.Place(parse), parse.GetValue(text)).GetAwaiter().GetResult();
            return ([.. offers.Count == 0 ? ["it offers nothing like that"] : offers.Select(offer => $"{offer.SkillId} {offer.Version} by {offer.Publisher}")], new JsonObject
            {
                ["count"] = offers.Count,
                ["offers"] = new JsonArray([.. offers.Select(offer => (JsonNode)new JsonObject
                {
                    ["skill_id"] = offer.SkillId, ["version"] = offer.Version, ["publisher"] = offer.Publisher, ["artifact_sha256"] = offer.ArtifactSha256, ["artifact_bytes"] = offer.ArtifactBytes,
                })]),
            });
        });
    }
}
