using PluginHost.Capabilities;
using PluginHost.Hosting;
using PluginHost.Limits;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Consent;

/// <summary>Reads a policy file: the same words as <see cref="SkillHostOptions"/>, in TOML.</summary>
internal static class PolicyFile
{
    public const int MaxBytes = 1024 * 1024;

    private const int MaxHours = 1_000_000;

    /// <param name="path">The file.</param>
    /// <param name="operatorKeys">Keys of which one must have signed it; null where no signature is asked for.</param>
    /// <exception cref="SkillStateException">The file is missing, breaks a rule, or is not signed.</exception>
    public static SkillHostOptions Read(string path, IEnumerable<byte[]>? operatorKeys = null) => Read(path, Bytes(path), operatorKeys);

    /// <summary>What the file holds.</summary>
    /// <exception cref="SkillStateException">It is missing, or larger than a policy may be.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            return BoundedFile.Read(path, MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("policy", $"the policy file '{path}' cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Read(string, IEnumerable{byte[]}?)"/>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it holds.</param>
    /// <param name="operatorKeys">Keys of which one must have signed it; null where no signature is asked for.</param>
    public static SkillHostOptions Read(string path, byte[] bytes, IEnumerable<byte[]>? operatorKeys = null)
    {
        try
        {
            var signer = operatorKeys is null ? null : KeyId.Of(SignedPolicy.Verify(path, bytes, operatorKeys));
            var options = Parse(bytes, isSigned: operatorKeys is not null);
            options.AcceptedBy = signer ?? "";
            options.OperatorKeys.AddRange(operatorKeys ?? []);
            options.WithdrawnPlace = $"{Path.GetFileName(path)}:{TomlReader.Read(bytes).LineOf("withdrawn")}";
            return options;
        }
        catch (Exception e) when (e is TomlException or SkillVerificationException or IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("policy", $"the policy file '{path}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Checks a policy that is about to be signed.</summary>
    /// <exception cref="SkillStateException">It breaks a rule.</exception>
    /// <returns>What it says.</returns>
    public static SkillHostOptions Check(byte[] bytes)
    {
        try
        {
            return Parse(bytes, isSigned: true);
        }
        catch (Exception e) when (e is TomlException or SkillVerificationException)
        {
            throw new SkillStateException("policy", $"the policy file cannot be used: {e.Message}", e);
        }
    }

    /// <exception cref="SkillVerificationException">It breaks a rule.</exception>
    /// <exception cref="TomlException">It is no TOML.</exception>
    internal static SkillHostOptions Parse(byte[] bytes, bool isSigned = false)
    {
        var root = new ManifestTable(TomlReader.Read(bytes), "", "policy");
        if (root.Number("schema") is var schema && schema != 1)
        {
            throw root.Wrong("schema", $"is {schema}, not 1");
        }

        var options = new SkillHostOptions { StrictImports = root.Flag("strict_imports"), AllowTrustOnFirstUse = root.Flag("allow_trust_on_first_use"), AllowUnsignedOnProbation = root.Flag("allow_unsigned_on_probation") };
        foreach (var name in root.Texts("withdrawn"))
        {
            options.WithdrawnCapabilities.Add(Capability.Find(name) ?? throw root.Wrong("withdrawn", $"names '{name}', which is no capability"));
        }

        if (root.Table("http") is { } http)
        {
            options.AllowedHosts = http.Texts("hosts").Select(host => host.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
            http.End();
        }

        Pairs(root, "resolve", (table, key) => options.Resolve[key] = table.Text(key));
        Pairs(root, "trusted_publishers", (table, key) => options.TrustedPublishers[key] = [.. table.Texts(key)]);
        if (root.Table("consent") is { } consent)
        {
            Consent(consent, options, isSigned);
            consent.End();
        }

        if (root.Table("provenance") is { } provenance)
        {
            Provenance(provenance, options.Provenance);
            provenance.End();
        }

        if (root.Table("chain") is { } chain)
        {
            Chain(chain, options.Chain);
            chain.End();
        }

        if (root.Table("command_line") is { } commandLine)
        {
            options.ForbidFirstUseFlag = commandLine.Flag("forbid_first_use_flag");
            options.ForbidBareModules = commandLine.Flag("forbid_bare_modules");
            commandLine.End();
        }

        if (root.Table("inspection") is { } inspection)
        {
            Inspection(inspection, options.Inspection);
            inspection.End();
        }

        if (root.Table("limits") is { } limits)
        {
            Limits(limits, options.Limits);
            limits.End();
        }

        root.End();
        return options;
    }

    private static void Consent(ManifestTable table, SkillHostOptions options, bool isSigned)
    {
        options.InheritConsent = table.Flag("inherit");
        options.ForbidAcceptFlag = table.Flag("forbid_accept_flag");
        foreach (var payload in table.Texts("accept"))
        {
            if (!isSigned)
            {
                throw table.Wrong("accept", "consents, which only a policy may that an operator signed");
            }

            options.AcceptedPayloads.Add(payload.Length == 64 && payload.All(char.IsAsciiHexDigitLower) ? payload : throw table.Wrong("accept", $"names '{payload}', which is no payload digest"));
        }
    }

    private static void Provenance(ManifestTable table, ProvenanceOptions options)
    {
        options.MinimumLevel = Level(table, "minimum_level", 0);
        foreach (var builder in table.Tables("builders"))
        {
            options.Builders.Add(new ProvenanceBuilder(builder.Text("key"), builder.NonBlank("id"), Level(builder, "max_level", 1)) { Parameters = builder.Texts("parameters") });
            builder.End();
        }

        Pairs(table, "sources", (sources, publisher) =>
        {
            var source = sources.Table(publisher)!;
            options.Sources[publisher] = new ProvenanceExpectation(source.NonBlank("repository"), source.OptionalText("ref"));
            source.End();
        });
    }

    private static void Chain(ManifestTable table, ChainOptions options)
    {
        options.TrustBundleFile = table.OptionalText("trust_bundle");
        options.LogPolicyFile = table.OptionalText("log_policy");
        options.LogMaxAge = table.Has("log_max_age_hours") ? TimeSpan.FromHours(Math.Min(table.Positive("log_max_age_hours", 1), MaxHours)) : null;
        options.DistrustedKeys.UnionWith(table.Texts("distrusted_keys"));
        foreach (var narrator in table.Tables("narrators"))
        {
            options.Narrators.Add(new SkillNarrator(narrator.Text("key"), narrator.NonBlank("name"), narrator.Text("role")));
            narrator.End();
        }

        foreach (var exposure in Enum.GetValues<SkillExposure>())
        {
            var name = exposure.ToString().ToLowerInvariant();
            if (table.Table(name) is not { } demand)
            {
                continue;
            }

            options.Requirements[exposure] = new ChainRequirement { Grade = demand.OptionalText("grade"), Auditors = (int)Math.Min(demand.Positive("auditors", 0, 0), int.MaxValue), ReviewedBy = demand.Texts("reviewed_by") };
            if (demand.Has("score"))
            {
                options.ScoreThresholds[exposure] = (int)Math.Min(demand.Positive("score", 0, 0), int.MaxValue);
            }

            demand.End();
        }
    }

    private static int Level(ManifestTable table, string key, int least) =>
        table.Positive(key, least, least) is var level && level <= 3 ? (int)level : throw table.Wrong(key, "is more than 3");

    private static void Inspection(ManifestTable table, InspectionOptions options)
    {
        options.MaxModuleBytes = (int)Math.Min(table.Positive("max_module_bytes", options.MaxModuleBytes), int.MaxValue);
        options.MaxExportedFunctions = (int)Math.Min(table.Positive("max_exported_functions", options.MaxExportedFunctions), int.MaxValue);
        options.VulnerabilityFeed = table.OptionalText("vulnerability_feed");
        options.Scan = !table.Has("scan") || table.Flag("scan");
        foreach (var file in table.Texts("scan_rules"))
        {
            options.ScanRuleFiles.Add(file);
        }
    }

    private static void Pairs(ManifestTable root, string section, Action<ManifestTable, string> read)
    {
        if (root.Table(section) is { } table)
        {
            foreach (var key in table.Source.Keys)
            {
                read(table, key);
            }
        }
    }

    private static void Limits(ManifestTable table, SkillLimits limits)
    {
        limits.CallTime = Time("call_time_ms", limits.CallTime);
        limits.LoadTime = Time("load_time_ms", limits.LoadTime);
        limits.DrainTime = Time("drain_time_ms", limits.DrainTime);
        limits.CallFuel = table.Positive("call_fuel", limits.CallFuel);
        limits.CallMemoryBytes = table.Positive("call_memory_bytes", limits.CallMemoryBytes);
        limits.DataBytes = table.Positive("data_bytes", limits.DataBytes, 0);
        limits.ConcurrentCalls = Count("concurrent_calls", limits.ConcurrentCalls, 1);
        limits.ConcurrentCallsPerSkill = Count("concurrent_calls_per_skill", limits.ConcurrentCallsPerSkill, 1);
        limits.QueuedCalls = Count("queued_calls", limits.QueuedCalls, 0);
        limits.ConcurrentLoads = Count("concurrent_loads", limits.ConcurrentLoads, 1);
        limits.QueueTime = Time("queue_time_ms", limits.QueueTime);
        limits.FailureWindow = Time("failure_window_ms", limits.FailureWindow);
        limits.BreakTime = Time("break_time_ms", limits.BreakTime);
        limits.FailureMinimumCalls = Count("failure_minimum_calls", limits.FailureMinimumCalls, 1);
        limits.QuarantineAfterBreaks = Count("quarantine_after_breaks", limits.QuarantineAfterBreaks, 0);
        limits.HttpRetries = Count("http_retries", limits.HttpRetries, 0) is <= TimeLimits.MostRetries and var retries ? retries : throw table.Wrong("http_retries", $"is more than {TimeLimits.MostRetries}");
        limits.SessionsPerSkill = Count("sessions_per_skill", limits.SessionsPerSkill, 0);
        limits.DenialsPerMinute = Count("denials_per_minute", limits.DenialsPerMinute, 0);
        limits.HostMemoryBytes = table.Positive("host_memory_bytes", limits.HostMemoryBytes);
        limits.CallsPerSecond = Rate("calls_per_second", limits.CallsPerSecond);
        limits.CallsPerSecondPerSkill = Rate("calls_per_second_per_skill", limits.CallsPerSecondPerSkill);
        limits.BrokeredBytesPerSecond = Rate("brokered_bytes_per_second", limits.BrokeredBytesPerSecond);
        limits.BrokeredBytesPerSecondPerSkill = Rate("brokered_bytes_per_second_per_skill", limits.BrokeredBytesPerSecondPerSkill);
        limits.FailureRatio = table.Positive("failure_percent", (long)(limits.FailureRatio * 100)) is var percent and <= 100 ? percent / 100.0 : throw table.Wrong("failure_percent", "is more than 100");

        // The largest number there is stands for any number, written or not.
        long? Rate(string key, double? usual) => table.Positive(key, long.MaxValue) is < long.MaxValue and var rate ? rate : (long?)usual;

        TimeSpan Time(string key, TimeSpan usual) => TimeSpan.FromMilliseconds(Count(key, (int)usual.TotalMilliseconds, 0));

        int Count(string key, int usual, int least) =>
            table.Positive(key, usual, least) is var count && count <= int.MaxValue ? (int)count : throw table.Wrong(key, "is more than 2147483647");
    }
}
