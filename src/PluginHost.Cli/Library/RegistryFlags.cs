using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PluginHost.Cli.Library;

/// <summary>Where a package is installed from.</summary>
internal sealed class RegistryFlags
{
    private const int MaxRoots = 1 << 20;

    private readonly Option<string?> _folder = new("--registry-dir") { Description = "A folder of packages.", HelpName = "DIR" };
    private readonly Option<string?> _mirror = new("--registry-mirror") { Description = "A registry's directory that was brought here, with its signed index.", HelpName = "DIR" };
    private readonly Option<string?> _address = new("--registry-url") { Description = "The signed index of a registry; https.", HelpName = "URL" };
    private readonly Option<string?> _key = new("--registry-key") { Description = "The key that signs it, this time only; without it the one of 'trust registry add'.", HelpName = "HEX" };
    private readonly Option<string?> _roots = new("--registry-ca-cert") { Description = "Certificates (PEM) that the registry's own has to come from, in place of the system's.", HelpName = "FILE" };
    private readonly Option<string?> _skill = new("--skill-id") { Description = "The skill that is wanted of it.", HelpName = "ID" };
    private readonly Option<string?> _version = new("--version") { Description = "Its version; the highest without it.", HelpName = "VERSION" };

    public void AddTo(Command command)
    {
        AddPlaceTo(command);
        command.Add(_folder);
        command.Add(_skill);
        command.Add(_version);
    }

    /// <summary>Adds what names a registry, and nothing of it.</summary>
    public void AddPlaceTo(Command command)
    {
        command.Add(_address);
        command.Add(_mirror);
        command.Add(_key);
        command.Add(_roots);
    }

    /// <summary>Whether a registry is named.</summary>
    public bool IsNamed(ParseResult parse) => parse.GetValue(_folder) is not null || parse.GetValue(_address) is not null || parse.GetValue(_mirror) is not null;

    /// <summary>The registry that is named.</summary>
    /// <exception cref="CommandError">None is, or more than one.</exception>
    public SkillRegistry Place(ParseResult parse) => (parse.GetValue(_folder), parse.GetValue(_address), parse.GetValue(_mirror)) switch
    {
        ({ } folder, null, null) => SkillRegistry.Folder(folder),
        (null, { } address, null) => Https(parse, address),
        (null, null, { } mirror) => Mirror(parse, mirror),
        _ => throw new CommandError(ExitCode.Usage, "usage.registry", "exactly one of --registry-url, --registry-mirror and, where packages are installed, --registry-dir is needed"),
    };

    private SkillRegistry Mirror(ParseResult parse, string folder)
    {
        try
        {
            return SkillRegistry.Mirror(folder, parse.GetValue(_key));
        }
        catch (ArgumentException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.registry", Said(e));
        }
    }

    /// <summary>The registry, the skill that is wanted of it, and its version.</summary>
    /// <exception cref="CommandError">Nothing is named, or too much.</exception>
    public (SkillRegistry Registry, string SkillId, string? Version) Of(ParseResult parse)
    {
        var registry = Place(parse);
        var skill = parse.GetValue(_skill) ?? throw new CommandError(ExitCode.Usage, "usage.skill-id", "--skill-id is needed with a registry");
        return (registry, skill, parse.GetValue(_version));
    }

    /// <summary>What is wrong with an argument, without the name that it has in code.</summary>
    private static string Said(ArgumentException error) => error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;

    private SkillRegistry Https(ParseResult parse, string address)
    {
        try
        {
            return Uri.TryCreate(address, UriKind.Absolute, out var index)
                ? SkillRegistry.Https(index, parse.GetValue(_key), parse.GetValue(_roots) is { } file ? Certificates(file) : null)
                : throw new CommandError(ExitCode.Usage, "usage.registry", $"'{address}' is no address");
        }
        catch (ArgumentException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.registry", Said(e));
        }
    }

    public static X509Certificate2Collection Certificates(string file)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(Encoding.ASCII.GetString(InputFiles.Read(file, MaxRoots)));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", $"'{file}' cannot be read as certificates: {e.Message}");
        }

        return roots.Count > 0 ? roots : throw new CommandError(ExitCode.Environment, "environment.file", $"'{file}' holds no certificate");
    }
}
