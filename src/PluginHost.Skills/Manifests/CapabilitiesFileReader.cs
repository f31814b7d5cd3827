using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Manifests;

/// <summary>
/// Reads <c>assets/capabilities.toml</c> of a package whose signature and files hold. It narrows what the manifest asks for and
/// never widens it: a host, root or secret that the manifest does not name is an error.
/// </summary>
internal sealed partial class CapabilitiesFileReader
{
    public const string Entry = "assets/capabilities.toml";

    private const int MaxText = 1024;
    private const int MaxSections = 256;

    /// <summary>Headers that frame a message, name the host or describe a body: the host's own to write.</summary>
    private static readonly string[] Framing =
        ["host", "connection", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "expect", "allow", "expires", "last-modified"];

    private static readonly string[] Abis = ["extism", "wasi", "palyra"];
    private static readonly string[] Sections = ["variables", "environment", "clock", "random", "log", "secrets_read", "calls", "host"];
    private readonly SkillArtifact _artifact;
    private readonly SkillManifest _manifest;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private CapabilitiesFileReader(SkillArtifact artifact, SkillManifest manifest)
    {
        _artifact = artifact;
        _manifest = manifest;
    }

    /// <returns>What the file says, or null where the package has none.</returns>
    /// <exception cref="SkillVerificationException">It breaks a rule.</exception>
    public static CapabilitiesFile? Read(SkillArtifact artifact, SkillManifest manifest)
    {
        if (artifact.Find(Entry) is not { } bytes)
        {
            return null;
        }

        try
        {
            return new CapabilitiesFileReader(artifact, manifest).Root(new ManifestTable(TomlReader.Read(bytes), "", Entry));
        }
        catch (TomlException e)
        {
            throw ManifestReader.NoToml(Entry, e);
        }
    }

    private CapabilitiesFile Root(ManifestTable root)
    {
        if (root.Number("schema") is var schema && schema != 1)
        {
            throw root.Wrong("schema", $"is {schema}, not 1");
        }

        var http = Named(root, "http", Http);
        var files = Named(root, "files", Files);
        foreach (var section in Sections.Where(root.Has))
        {
            _names.Add(section);
        }

        var file = new CapabilitiesFile
        {
            Lines = root.Source.Keys.ToImmutableDictionary(key => key, root.Source.LineOf, StringComparer.Ordinal),
            Http = [.. http.Select(request => request with { Line = root.Table("http")!.Source.LineOf(request.Name) })],
            Files = files,
            Tools = Named(root, "tools", Tool, isGrant: false),
            VariableBytes = Amount(root, "variables", "max_bytes"),
            ClockPrecisionMilliseconds = Amount(root, "clock", "precision_ms"),
            RandomBytes = Amount(root, "random", "max_bytes_per_call"),
            LogBytes = Amount(root, "log", "max_bytes_per_call"),
            EnvironmentKeys = List(root, "environment", "keys"),
            ReadableSecrets = List(root, "secrets_read", "keys"),
            CalledTools = List(root, "calls", "tools"),
            HostFunctions = List(root, "host", "functions"),
        };
        if (file.EnvironmentKeys.Any(key => key.Length is 0 or > MaxText || key.Contains('=', StringComparison.Ordinal) || key.Any(char.IsControl)))
        {
            throw root.Wrong("environment", "holds something that is no name of a variable");
        }

        foreach (var secret in file.ReadableSecrets)
        {
            CheckSecret(secret, root, "secrets_read");
        }

        root.End();
        return file;
    }

    private ImmutableArray<T> Named<T>(ManifestTable root, string section, Func<string, ManifestTable, T> read, bool isGrant = true)
    {
        if (root.Table(section) is not { } table)
        {
            return [];
        }

        if (table.Source.Keys.Count > MaxSections)
        {
            throw root.Wrong(section, $"has more than {MaxSections} entries");
        }

        var items = ImmutableArray.CreateBuilder<T>();
        foreach (var name in table.Source.Keys)
        {
            if (isGrant && Sections.Contains(name))
            {
                throw table.Wrong(name, "is the name of a section, too");
            }

            if (isGrant && !_names.Add(name))
            {
                throw table.Wrong(name, "is the name of another grant, too");
            }

            var item = table.Table(name) ?? throw table.Wrong(name, "is not a table");
            items.Add(read(name, item));
            item.End();
        }

        return items.ToImmutable();
    }

    private ToolBinding Tool(string id, ManifestTable table)
    {
        if (!_manifest.Tools.Any(tool => tool.Id == id))
        {
            throw table.Wrong("module", "belongs to a tool that skill.toml does not have");
        }

        var module = table.OptionalText("module");
        if (module is not null && (_artifact.Find(module) is null || !SkillArtifact.IsModule(module)))
        {
            throw table.Wrong("module", "is not a module of the package");
        }

        var abi = table.OptionalText("abi");
        if (abi is not null && !Abis.Contains(abi))
        {
            throw table.Wrong("abi", "is none of extism, wasi and palyra");
        }

        ImmutableArray<string>? grants = table.Has("grants") ? table.Texts("grants") : null;
        if (grants?.All(_names.Contains) == false)
        {
            throw table.Wrong("grants", "names a grant that the file does not have");
        }

        var quotas = _manifest.Capabilities.Quotas;
        return new ToolBinding(
            id, module, table.OptionalText("export"), abi, grants,
            Tighter(table, "fuel", quotas.Fuel), Tighter(table, "timeout_ms", (long)quotas.WallClock.TotalMilliseconds), Tighter(table, "memory_bytes", quotas.MemoryBytes));
    }

    /// <summary>A quota of one tool, at most that of the skill.</summary>
    private static long? Tighter(ManifestTable table, string key, long whole) =>
        !table.Has(key) ? null
        : table.Positive(key, 0) is var value && value <= whole ? value : throw table.Wrong(key, $"is more than the skill's {whole}");

    private HttpRequest Http(string name, ManifestTable table)
    {
        var host = table.Text("host");
        if (!_manifest.Capabilities.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            throw table.Wrong("host", "is not in http_egress_allowlist of skill.toml");
        }

        var scheme = table.OptionalText("scheme") ?? "https";
        if (scheme is not ("http" or "https"))
        {
            throw table.Wrong("scheme", "is neither http nor https");
        }

        var methods = table.Texts("methods");
        if (table.Has("methods") && methods.IsEmpty)
        {
            throw table.Wrong("methods", "is empty: leave it out for every method");
        }

        if (!methods.All(method => MethodForm().IsMatch(method) && method is not ("CONNECT" or "TRACE")))
        {
            throw table.Wrong("methods", "holds something that is no method in upper case, or CONNECT or TRACE");
        }

        var prefix = table.OptionalText("path_prefix") ?? "/";
        if (prefix.Length > MaxText || prefix.Any(char.IsControl) || !prefix.StartsWith('/') || prefix.Split('/').Any(part => part is "." or ".." || part != part.Trim()) || prefix.AsSpan().IndexOfAny("?#\\%") >= 0)
        {
            throw table.Wrong("path_prefix", "is not a plain path that begins with '/'");
        }

        var port = table.Positive("port", scheme == "https" ? 443 : 80);
        return port <= ushort.MaxValue
            ? new HttpRequest(name, host.ToLowerInvariant(), scheme, (int)port, methods, Canonical(prefix), table.Flag("redirects"), table.Table("secret") is { } secret ? Secret(secret) : null)
            : throw table.Wrong("port", "is more than 65535");
    }

    /// <summary>As a request's path is sent: what is not ASCII is percent-encoded.</summary>
    private static string Canonical(string path) => string.Join('/', path.Split('/').Select(segment => new Uri("https://x/" + segment).AbsolutePath[1..]));

    private SecretRequest Secret(ManifestTable table)
    {
        var request = new SecretRequest(
            table.Text("use"), table.OptionalText("header"), table.OptionalText("query"), table.OptionalText("basic"), table.OptionalText("prefix") ?? "");
        CheckSecret(request.Secret, table, "use");
        if (new[] { request.Header, request.Query, request.BasicUser }.Count(place => place is not null) != 1)
        {
            throw table.Wrong("use", "needs exactly one of header, query and basic");
        }

        if (request.Header is { } header && (!HeaderForm().IsMatch(header) || Framing.Contains(header, StringComparer.OrdinalIgnoreCase)
            || header.StartsWith("content-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("proxy-", StringComparison.OrdinalIgnoreCase)))
        {
            throw table.Wrong("header", "is no name of a header, or of one that is the host's to write");
        }

        if (new[] { request.Query, request.BasicUser, request.Prefix }.Any(text => text?.Length > MaxText || text?.Any(char.IsControl) == true) || request.BasicUser?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw table.Wrong("use", $"is put into a place that is longer than {MaxText} characters or not plain");
        }

        table.End();
        return request;
    }

    private void CheckSecret(string name, ManifestTable table, string key)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !_manifest.Capabilities.Secrets.Any(secrets => secrets.Scope == name[..slash] && secrets.Keys.Contains(name[(slash + 1)..])))
        {
            throw table.Wrong(key, $"names '{name}', which is not among [[capabilities.secrets]] of skill.toml");
        }
    }

    private FilesRequest Files(string name, ManifestTable table)
    {
        var path = table.Text("path");
        var write = table.Text("access") switch
        {
            "read" => false,
            "write" => true,
            _ => throw table.Wrong("access", "is neither read nor write"),
        };
        var capabilities = _manifest.Capabilities;
        var listed = capabilities.WriteRoots.Contains(path) || (!write && capabilities.ReadRoots.Contains(path));
        return listed
            ? new FilesRequest(name, path, write, table.Has("max_bytes") ? table.Positive("max_bytes", 0) : null)
            : throw table.Wrong("path", $"is not among the {(write ? "write_roots" : "read_roots or write_roots")} of skill.toml");
    }

    private static long? Amount(ManifestTable root, string section, string key)
    {
        if (root.Table(section) is not { } table)
        {
            return null;
        }

        var amount = table.Has(key) ? table.Positive(key, 0) : throw table.Missing(key);
        table.End();
        return amount;
    }

    private static ImmutableArray<string> List(ManifestTable root, string section, string key)
    {
        if (root.Table(section) is not { } table)
        {
            return [];
        }

        var list = table.Texts(key);
        table.End();
        return list;
    }

    [GeneratedRegex(@"^[A-Z]{1,16}\z")]
    private static partial Regex MethodForm();

    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}\z")]
    private static partial Regex HeaderForm();
}
