using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.Consent;
using PluginHost.Sandbox;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Trust;

namespace PluginHost.Hosting;

/// <summary>
/// The walk through the rooms for one package. Its file is read once; what is refused on the way is recorded and leaves
/// nothing behind.
/// </summary>
internal sealed class SkillLoader(HostServices services, string path, SkillLoadOptions options)
{
    private SkillArtifact? _artifact;
    private SignedSkill? _signed;

    /// <summary>Every room before consent.</summary>
    /// <exception cref="SkillException">A room refused.</exception>
    public Candidate Verify(CancellationToken cancellation)
    {
        _artifact = SkillArtifact.Read(PackageFile.Read(path));
        cancellation.ThrowIfCancellationRequested();
        _signed = SignedSkill.Verify(_artifact);
        var trusted = TrustedSkill.Decide(_signed, services.Trust.Read(), services.AllowFirstUse);
        var inspected = InspectedSkill.Inspect(trusted, services.Inspection with { Beside = PackageFile.Evidence(path) }, cancellation);
        PolicyRoom.Check(inspected, services.Functions);
        var plan = GrantPlanner.Plan(inspected, services.Policy, options.Environment.AsReadOnly());
        CheckDirectories(plan);
        if (services.Policy.StrictImports)
        {
            ImportCheck.Check(plan, services.Functions);
        }

        var request = ConsentRequests.Of(inspected, plan, options.Directories.AsReadOnly());
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
        var modules = Compile(consented, cancellation);
        return new Skill(services, consented, modules, OpenFiles(consented), candidate);
    }

    /// <summary>Records why the package was refused, as far as it was known by then.</summary>
    public void Refused(SkillException reason) => services.Audit.AppendAfter("refusal", writer =>
    {
        writer.WriteString("code", reason.Code);
        writer.WriteString("skill", _signed?.Manifest.SkillId ?? "");
        writer.WriteString("version", _signed?.Manifest.Version.ToString() ?? "");
        writer.WriteString("payload", _artifact?.Payload ?? "");
    }, out _);

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

    private Dictionary<string, SandboxedModule> Compile(ConsentedSkill skill, CancellationToken cancellation)
    {
        var modules = new Dictionary<string, SandboxedModule>(StringComparer.Ordinal);
        foreach (var module in skill.Tools.Select(tool => tool.Code.Module).DistinctBy(module => module.Path))
        {
            cancellation.ThrowIfCancellationRequested();
            modules.Add(module.Path, SandboxedModule.Load(module.Module, module.Bytes, metering: true, services.Functions, cancellation));
        }

        return modules;
    }

    private SkillFiles OpenFiles(ConsentedSkill skill)
    {
        var own = OwnFiles.Of(skill.Inspected.Signed.Artifact, services.Time);
        var state = services.StateOf(skill.Request.Publisher, skill.Request.SkillId);
        state.Prepare(skill.Tools.SelectMany(tool => tool.Roots).Where(root => !options.Directories.ContainsKey(root.Path)));
        var readOnly = options.Directories.Where(pair => pair.Value.IsReadOnly).Select(pair => pair.Key).ToImmutableHashSet(StringComparer.Ordinal);
        return new SkillFiles(own, state, OpenDirectories(skill), readOnly);
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

        // Consent may have taken long: whom the operator trusts is asked again.
        var trust = services.Trust.Read().Decide(skill.Inspected.Signed.Signature, services.AllowFirstUse);
        if (trust == TrustDecision.NewlyPinned && skill.Inspected.Trusted.Decision != trust)
        {
            throw new SkillVerificationException("trust", "changed", $"'{request.Publisher}' was trusted when the load began and is not any more");
        }

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
        if (answer.How != "recorded")
        {
            services.Consents.Keep(request, candidate.Terms, answer, services.Now);
        }

        services.State?.Advance();
        if (trust == TrustDecision.NewlyPinned)
        {
            services.Trust.Pin(skill.Inspected.Signed.Signature);
            services.Audit.Append("trust", writer =>
            {
                writer.WriteString("event", "pinned");
                writer.WriteString("publisher", request.Publisher);
                writer.WriteString("key", request.KeyId);
            });
        }

        services.Audit.Append("load", writer =>
        {
            writer.WriteString("skill", request.SkillId);
            writer.WriteString("version", request.Version);
            writer.WriteString("payload", request.PayloadDigest);
            writer.WriteString("publisher", request.Publisher);
            writer.WriteString("key", request.KeyId);
            writer.WriteBoolean("signed", true);
        });
    }
}
