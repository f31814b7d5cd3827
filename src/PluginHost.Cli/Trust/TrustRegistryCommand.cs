using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.State;
using PluginHost.Hosting;
using PluginHost.Library.Registries;

namespace PluginHost.Cli.Trust;

/// <summary><c>trust registry add|remove</c>: whose index counts, by origin.</summary>
internal static class TrustRegistryCommand
{
    public static Command Create()
    {
        var added = new Argument<string>("url=key") { Description = "The address of the registry, of which scheme, host and port count, and the public key that signs its index, 64 lower hexadecimal digits." };
        var removed = new Argument<string>("url") { Description = "The address of the registry." };
        return new Command("registry", "Work with the registries that skills are installed from.")
        {
            OfficeVerbs.Trust().Complete(new Command("add", "List the key of a registry: its index counts, and it is nothing else.") { added }, (parse, office, reason) =>
            {
                var text = parse.GetRequiredValue(added);
                var equals = text.LastIndexOf('=');
                var key = text[(equals + 1)..];
                if (equals < 0 || key.Length != 64 || !key.All(char.IsAsciiHexDigitLower))
                {
                    throw new CommandError(ExitCode.Usage, "usage.registry", "an address and a key are needed: URL=KEY");
                }

                var origin = Origin(text[..equals]);
                office.AddRegistry(origin, key, reason);
                return ($"the index of {origin} counts where {key} signed it", new JsonObject { ["registry"] = origin, ["key"] = key });
            }),
            OfficeVerbs.Trust().Complete(new Command("remove", "Forget a registry. What was installed from it stays.") { removed }, (parse, office, reason) =>
            {
                var origin = Origin(parse.GetRequiredValue(removed));
                office.RemoveRegistry(origin, reason);
                return ($"{origin} is no registry here any more", new JsonObject { ["registry"] = origin });
            }),
        };
    }

    private static string Origin(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (PublicAddress.Is(uri) || uri.IsFile)
        ? RemoteRegistry.OriginOf(uri)
        : throw new CommandError(ExitCode.Usage, "usage.registry", $"'{address}' is no https address (http is for this machine alone), and no file: address of a directory");
}
