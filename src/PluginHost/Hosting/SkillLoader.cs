using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Functions;
using PluginHost.Consent;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Hosting;

/// <summary>
/// The walk through the rooms for one package. Its file is read once; what is refused on the way is recorded and leaves
/// nothing behind.
/// </summary>
/// <param name="services">The host.</param>
/// <param name="source">The package.</param>
/// <param name="options">What it is given.</param>
/// <param name="isBeside">Whether another version runs, and goes on if this one is refused.</param>
internal sealed class SkillLoader(HostServices services, PackageSource source, SkillLoadOptions options, bool isBeside = false)
{
    private SkillArtifact? _artifact;
    private SignedSkill? _signed;
    private byte[] _beside = [];
    private IReadOnlyList<KeyEvent> _events = [];

    /// <summary>Every room before consent.</summary>
    /// <exception cref="SkillException">A room refused.</exception>
    public Candidate Verify(CancellationToken cancellation) => Verify(services.Functions, cancellation);

    /// <summary>The same for a package that is to be installed: which functions the embedder has is asked when it is loaded.</summary>
    /// <exception cref="SkillException">A room refused.</exception>
    public Candidate VerifyToInstall(CancellationToken cancellation)
    {
        var candidate = Verify(null, cancellation);
        var (request, score) = (candidate.Request, candidate.Request.Score);
        return !score.NeedsPerson || options.ApprovedPayload == request.PayloadDigest ? candidate
            : score.IsContradicted ? throw new SkillConsentException("contradicted", $"{score.GradeReason}; it is installed on a person's word for payload {request.PayloadDigest} alone", request)
            : throw new SkillConsentException("score", $"its score of {score.Value} is below {score.Threshold}, which a skill of {score.Exposure.ToString().ToLowerInvariant()} exposure needs to be installed without a person's word for payload {request.PayloadDigest}", request);
    }

    private Candidate Verify(ImmutableDictionary<string, HostFunctionBinding>? functions, CancellationToken cancellation)
    {
        _artifact = SkillArtifact.Read(source.Read());
        cancellation.ThrowIfCancellationRequested();
        _signed = services.Trusts.AllowUnsigned ? SignedSkill.Unsigned(_artifact) : SignedSkill.Verify(_artifact);
        _beside = source.Evidence();
        _events = _signed.IsSigned ? KeyEvents.Of(_artifact, _beside, _signed.Manifest.Publisher) : [];
        var rules = Rules();
        var view = services.Trust.WithEvents(_signed, _events, rules.Now);
        var trusted = TrustedSkill.Decide(_signed, view, rules);
        var inspected = InspectedSkill.Inspect(trusted, services.Inspection with { Beside = _beside }, cancellation);
        view.CheckProvenance(_signed, inspected.Inspection.Provenance.Level, rules);
        services.Life.Demand(_signed);
        services.Registries.Demand(_artifact.Payload);
        PolicyRoom.Check(inspected, functions);
        var policy = _signed.IsSigned ? services.Policy : services.Policy.OnProbation();
        var plan = GrantPlanner.Plan(inspected, policy, options.Environment.AsReadOnly());
        CheckDirectories(plan);
        if (services.Policy.StrictImports && functions is not null)
        {
            ImportCheck.Check(plan, services.Functions);
        }

        var request = ConsentRequests.Of(inspected, plan, options.Directories.AsReadOnly(), ChainRoom.ScoreOf(inspected.Judgement, services.ScoreThresholds));
        var terms = ConsentTerms.Of(request, plan, inspected);
        return new Candidate(
            inspected,
            plan,
            services.Consents.Complete(request, terms),
            terms,
            inspected.Manifest.Tools.ToImmutableDictionary(tool => tool.Id, tool => Schemas(tool, cancellation), StringComparer.Ordinal),
            SkillConfig.Of(inspected.Manifest.Config, options.Config));
    }

    private static ToolSchemas Schemas(ManifestTool tool, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ToolSchemas.Of(tool);
    }

    /// <summary>Consent and sandbox. The skill counts only once it is kept.</summary>
    /// <exception cref="SkillException">It was refused, or cannot be compiled.</exception>
    public Skill Admit(Candidate candidate, ConsentAnswer answer, CancellationToken cancellation)
    {
        var consented = ConsentedSkill.Decide(candidate.Skill, candidate.Plan, candidate.Request, answer.Decision);
        var modules = SkillModules.Load(services, consented, cancellation);
        try
        {
            return new Skill(services, consented, modules, OpenFiles(consented), candidate);
        }
        catch
        {
            modules.Dispose();
            throw;
        }
    }

    /// <summary>Records why the package was refused, as far as it was known by then.</summary>
    public void Refused(SkillException reason)
    {
        var (skill, version, payload) = (_signed?.Manifest.SkillId ?? "", _signed?.Manifest.Version.ToString() ?? "", _artifact?.Payload ?? "");
        services.Audit.AppendAfter("refusal", writer =>
        {
            writer.WriteString("code", reason.Code);
            writer.WriteString("skill", skill);
            writer.WriteString("version", version);
            writer.WriteString("payload", payload);
        }, out _);
        HostLog.Refused(services.Logger, skill, version, payload, reason.Code);
    }

    private void CheckDirectories(ImmutableArray<ToolGrant> plan)
    {
        foreach (var root in options.Directories.Keys)
        {
            if (!plan.Any(tool => tool.Roots.Any(asked => asked.Path == root)))
            {
                throw new SkillVerificationException("policy", "map", $"the skill has no root '{root}' that a directory could stand for");
            }
        }
    }

    private SkillFiles OpenFiles(ConsentedSkill skill)
    {
        var own = OwnFiles.Of(skill.Inspected.Signed.Artifact, services.Time);
        
        // What nobody signed is known by its bytes alone: other bytes are another skill.
        var state = services.StateOf(skill.Request.Publisher, skill.Inspected.Signed.IsSigned ? skill.Request.SkillId : skill.Request.PayloadDigest);
        ImmutableArray<RootGrant> kept = [.. skill.Tools.SelectMany(tool => tool.Roots).Where(root => !options.Directories.ContainsKey(root.Path))];
        state.Prepare(kept, isBeside);
        var readOnly = options.Directories.Where(pair => pair.Value.IsReadOnly).Select(pair => pair.Key).ToImmutableHashSet(StringComparer.Ordinal);
        return new SkillFiles(own, state, OpenDirectories(skill), readOnly, kept);
    }

    private ImmutableDictionary<string, HostDirectory> OpenDirectories(ConsentedSkill skill)
    {
        var mapped = ImmutableDictionary.CreateBuilder<string, HostDirectory>(StringComparer.Ordinal);
        try
        {
            foreach (var (root, directory) in options.Directories)
            {
                mapped.Add(root, HostDirectory.Open(directory.Path));

                // As in memory: of several tools that ask for the same root, the smallest quota holds for all.
                if (skill.Tools.SelectMany(tool => tool.Roots).Where(asked => asked.Path == root).Min(asked => asked.MaxBytes) is { } room)
                {
                    mapped[root].Limit(room);
                }

                if (services.Protected.Overlap(mapped[root]))
                {
                    throw new SkillVerificationException("policy", "map", $"'{directory.Path}' holds, or lies in, the host's own files");
                }
            }

            return mapped.ToImmutable();
        }
        catch (Exception e)
        {
            foreach (var directory in mapped.Values)
            {
                directory.Dispose();
            }

            throw e switch
            {
                FileTreeException file => new SkillVerificationException("policy", "map", $"a mapped directory cannot be opened: {file.Error}"),
                PlatformNotSupportedException => new SkillVerificationException("policy", "map", e.Message),
                _ => e,
            };
        }
    }

    /// <summary>The very end: the pin of a first use and the record.</summary>
    /// <exception cref="SkillException">It cannot be recorded, or another key was pinned meanwhile.</exception>
    public void Keep(ConsentedSkill skill, Candidate candidate, ConsentAnswer answer)
    {
        var request = skill.Request;

        // Consent may have taken long: whom the operator trusts is asked again before anything is on record, and once more where it is kept.
        Decide(services.Trust.Read(), skill.Inspected);
        services.Life.Demand(skill.Inspected.Signed);
        services.Audit.Append("consent", writer =>
        {
            writer.WriteString("skill", request.SkillId);
            writer.WriteString("version", request.Version);
            writer.WriteString("payload", request.PayloadDigest);
            writer.WriteString("decision", "accept");
            writer.WriteString("scope", answer.Decision.Scope.ToString().ToLowerInvariant());
            writer.WriteString("who", answer.Decision.Who);
            writer.WriteString("how", answer.How);
            writer.WriteString("terms", candidate.Terms.Digest());
            if (answer.Decision.Expires is { } expires)
            {
                writer.WriteString("expires", expires.UtcDateTime);
            }

            if (answer.From is { } from)
            {
                writer.WriteString("from", from);
            }
        });
        services.State?.Advance();
        var kept = Accept(skill.Inspected, evidence =>
        {
            services.Life.Admit(skill.Inspected.Signed, evidence.Word);
            if (answer.How != "recorded")
            {
                services.Consents.Keep(request, candidate.Terms, answer, services.Now);
            }
        });
        services.Audit.Append("load", writer =>
        {
            writer.WriteString("skill", request.SkillId);
            writer.WriteString("version", request.Version);
            writer.WriteString("payload", request.PayloadDigest);
            writer.WriteString("publisher", request.Publisher);
            writer.WriteString("key", request.KeyId);
            writer.WriteBoolean("signed", skill.Inspected.Signed.IsSigned);
            writer.WriteString("trust", kept.Word);
            writer.WriteNumber("provenance", skill.Inspected.Inspection.Provenance.Level);
        });
        HostLog.Loaded(services.Logger, request.SkillId, request.Version, request.Publisher, request.PayloadDigest);
    }

    private TrustRules Rules() => LoggedRelease.In(services.Trusts, services.Inspection with { Beside = _beside }) with
    {
        AllowDowngrade = options.AllowDowngrade || source.IsInstalled,
        OtherRoles = source.RegistryKey is { } key ? services.Trusts.OtherRoles.SetItem(key, TrustLedger.RegistryRole) : services.Trusts.OtherRoles,
        Now = services.Now,
    };

    /// <exception cref="SkillException">It may not be trusted any more.</exception>
    private (TrustEvidence Evidence, TrustView View, string? LessProvenance) Decide(TrustView now, InspectedSkill skill)
    {
        var (signed, rules) = (skill.Signed, Rules());
        var view = now.After(signed.Manifest.Publisher, _events, rules.Now);
        var evidence = view.Decide(signed, rules);
        if (evidence.Decision == TrustDecision.NewlyPinned && skill.Trusted.Decision != evidence.Decision)
        {
            throw new SkillVerificationException("trust", "changed", $"'{signed.Manifest.Publisher}' was trusted when the load began and is not any more");
        }

        return (evidence, view, view.CheckProvenance(signed, skill.Inspection.Provenance.Level, rules));
    }

    /// <summary>Keeps what the decision pins, under the lock between processes, where it is decided once more.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="accepted">Done once nothing speaks against it any more; what it throws leaves nothing pinned.</param>
    /// <exception cref="SkillException">It may not be trusted any more, or this cannot be kept.</exception>
    public TrustEvidence Accept(InspectedSkill skill, Action<TrustEvidence> accepted)
    {
        TrustEvidence? kept = null;
        var followed = 0L;
        var (signed, publisher) = (skill.Signed, skill.Manifest.Publisher);
        services.Trust.Change(stored =>
        {
            var (evidence, view, less) = Decide(services.Trust.WithAdded(stored), skill);
            kept = evidence with { Downgrade = evidence.Downgrade ?? less };
            followed = view.Ledger.Publishers.GetValueOrDefault(publisher) is { } now && now.Current().Version > (stored.Ledger.Publishers.GetValueOrDefault(publisher)?.Current().Version ?? 1) ? now.Current().Version : 0;
            accepted(evidence);
            var after = view.Accepted(signed, evidence, skill.Inspection.Provenance.Level, Rules(), skill.Judgement.Chain.PlacesOfRelease(Convert.ToHexStringLower(signed.Signature.PublicKey)));
            return new TrustView(after.Store.PinOf(publisher) is { } pin && pin != stored.Store.PinOf(publisher) ? stored.Store.WithPin(publisher, pin) : stored.Store, after.Ledger);
        });
        RecordTrust(signed, kept!, followed);
        return kept!;
    }

    private void RecordTrust(SignedSkill signed, TrustEvidence kept, long keyVersion)
    {
        if (keyVersion > 0)
        {
            Trust("key-events", $"key set {keyVersion} counts from now on");
        }

        if (kept.Decision is TrustDecision.NewlyPinned or TrustDecision.Probation)
        {
            Trust(kept.Decision == TrustDecision.Probation ? "probation" : "pinned", "");
        }

        if (kept.Downgrade is { } downgrade)
        {
            Trust("downgrade", downgrade);
        }

        void Trust(string happened, string detail) => services.Audit.Append("trust", writer =>
        {
            writer.WriteString("event", happened);
            writer.WriteString("publisher", signed.Manifest.Publisher);
            writer.WriteString("key", signed.Signature.KeyId);
            writer.WriteString("skill", signed.Manifest.SkillId);
            writer.WriteString("version", signed.Manifest.Version.ToString());
            if (detail.Length > 0)
            {
                writer.WriteString("detail", detail);
            }
        });
    }
}
