using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.Manifests;

/// <summary>Reads the table <c>[capabilities]</c> of a manifest.</summary>
internal static partial class CapabilitiesReader
{
    private const int MinMemoryBytes = 65_536;
    private static readonly string[] Wildcards = ["filesystem", "http_egress", "secrets", "device", "node"];

    public static ManifestCapabilities Read(ManifestTable table)
    {
        var optIn = OptIn(table.Table("wildcard_opt_in"));
        var filesystem = table.Table("filesystem");
        var capabilities = new ManifestCapabilities
        {
            Lines = table.Source.Keys.ToImmutableDictionary(key => key, table.Source.LineOf, StringComparer.Ordinal),
            ReadRoots = Roots(filesystem, "read_roots", optIn.Contains("filesystem")),
            WriteRoots = Roots(filesystem, "write_roots", optIn.Contains("filesystem")),
            Hosts = Each(table, "http_egress_allowlist", host => IsHost(host, optIn.Contains("http_egress")), "holds something that is no host name"),
            Secrets = [.. table.Tables("secrets").Select(secrets => Secrets(secrets, optIn.Contains("secrets")))],
            Devices = Each(table, "device_capabilities", name => IsName(name, optIn.Contains("device")), "holds something that is no name"),
            Nodes = Each(table, "node_capabilities", name => IsName(name, optIn.Contains("node")), "holds something that is no name"),
            WildcardOptIns = [.. Wildcards.Where(optIn.Contains)],
            Quotas = Quotas(table.Table("quotas")),
        };
        filesystem?.End();
        table.End();
        return capabilities;
    }

    private static HashSet<string> OptIn(ManifestTable? table)
    {
        var chosen = Wildcards.Where(name => table?.Flag(name) == true).ToHashSet(StringComparer.Ordinal);
        table?.End();
        return chosen;
    }

    private static ImmutableArray<string> Each(ManifestTable table, string key, Func<string, bool> valid, string problem)
    {
        var items = table.Texts(key);
        return items.All(valid) && items.Distinct(StringComparer.Ordinal).Count() == items.Length ? items : throw table.Wrong(key, problem + ", or the same twice");
    }

    private static ImmutableArray<string> Roots(ManifestTable? table, string key, bool wildcard) =>
        table is null ? [] : Each(table, key, root => IsRelativePath(root) && (wildcard || !root.Contains('*', StringComparison.Ordinal)), "holds something that is no relative path");

    private static bool IsRelativePath(string path) =>
        path.Length is > 0 and <= 1024 && path == path.Trim() && path.AsSpan().IndexOfAny("\\:\0") < 0
        && !path.Any(char.IsControl) && !path.Split('/').Any(part => part is "" or "." or "..");

    private static bool IsHost(string host, bool wildcard) =>
        (wildcard && host.Contains('*', StringComparison.Ordinal))
        || (host.Length <= 253 && HostForm().IsMatch(host) && !host.Split('.').Contains(""));

    private static bool IsName(string name, bool wildcard) =>
        NameForm().IsMatch(name) || (wildcard && name.Contains('*', StringComparison.Ordinal));

    private static ManifestSecrets Secrets(ManifestTable table, bool wildcard)
    {
        var scope = table.Text("scope");
        if (!ScopeForm().IsMatch(scope))
        {
            throw table.Wrong("scope", "is not global, principal:, channel: or skill: and an id");
        }

        var keys = Each(table, "key_names", key => SecretForm().IsMatch(key) || (wildcard && key.Contains('*', StringComparison.Ordinal)), "holds something that is no key name");
        table.End();
        return keys.IsEmpty ? throw table.Wrong("key_names", "is empty") : new ManifestSecrets(scope, keys);
    }

    private static ManifestQuotas Quotas(ManifestTable? table)
    {
        var defaults = new ManifestQuotas();
        if (table is null)
        {
            return defaults;
        }

        var quotas = new ManifestQuotas
        {
            WallClock = TimeSpan.FromMilliseconds(Math.Min(table.Positive("wall_clock_timeout_ms", (long)defaults.WallClock.TotalMilliseconds), int.MaxValue)),
            Fuel = table.Positive("fuel_budget", defaults.Fuel),
            MemoryBytes = table.Positive("max_memory_bytes", defaults.MemoryBytes, MinMemoryBytes),
        };
        table.End();
        return quotas;
    }

    [GeneratedRegex(@"^[A-Za-z0-9.-]+\z")]
    private static partial Regex HostForm();

    [GeneratedRegex(@"^[a-z0-9._:-]+\z")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^(global|(principal|channel|skill):[a-z0-9._:-]+)\z")]
    private static partial Regex ScopeForm();

    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,256}\z")]
    private static partial Regex SecretForm();
}
