using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Cryptography;

namespace PluginHost.State;

/// <summary>What an operator decides about versions of skills: quarantine, disabling, enabling, and who is an operator.</summary>
internal sealed class LifecycleOffice : StateOffice
{
    private readonly LifecycleRoom _life;

    /// <inheritdoc/>
    public LifecycleOffice(StateRoot root, IStateAnchor? anchor, string who)
        : base(root, anchor, who)
    {
        try
        {
            var journal = new LifecycleJournal(
                FileJournalStore.Open(root.Journal), TimeProvider.System, () => new OperatorKeys(Files.Read().Ledger.Operators ?? OperatorKeys.None, []), new StateJournalMark(root, Guard));
            _life = new LifecycleRoom(journal, Audit, who);
        }
        catch
        {
            Audit.Dispose();
            throw;
        }
    }

    public LifecycleView View => _life.Journal.View;

    /// <summary>Stops a version, in every process.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="version">The version.</param>
    /// <param name="reason">Why.</param>
    /// <param name="key">The operator's key: another one has to lift it. Null where the name alone says who it was.</param>
    public LifecycleRecord? Quarantine(string skill, string version, string reason, SigningKey? key) => _life.Write(view => LifecycleDecisions.Quarantine(
        view, skill, version, reason, Who, LifecycleRoom.Evidence((LifecycleEvidence.Imposed, LifecycleEvidence.ByOperator)).AddRange(
            key is null ? [] : [KeyValuePair.Create(LifecycleEvidence.OperatorKey, Convert.ToHexStringLower(key.PublicKey))])));

    /// <summary>Stops a version that failed an audit.</summary>
    public LifecycleRecord? Quarantine(ReAuditFindings findings) => _life.Write(view => findings.Quarantine(view, Who));

    /// <summary>Switches a version off.</summary>
    public LifecycleRecord? Disable(string skill, string version, string reason) => _life.Write(view => LifecycleDecisions.Disable(view, skill, version, reason, Who));

    /// <summary>Lets a version run again.</summary>
    /// <exception cref="SkillVerificationException">It is quarantined, and the key is not that of an operator who may lift that.</exception>
    public LifecycleRecord? Enable(string skill, string version, string reason, SigningKey? key) => _life.Write(view =>
    {
        var change = LifecycleDecisions.Enable(view, skill, version, reason, Who, key is null ? null : held => ReleaseStatement.Sign(held, reason, key));
        if (change is not null && view.Of(skill, version)?.Hold is { } held)
        {
            // The journal would keep the statement and go on holding the version: whoever signed it is told at once.
            var operators = new OperatorKeys(Files.Read().Ledger.Operators ?? OperatorKeys.None, []);
            var now = Guard.Now;
            if (!operators.At(now).Any(known => known.AsSpan().SequenceEqual(key!.PublicKey)))
            {
                throw new SkillVerificationException("policy", "release", $"{key!.KeyId} is no operator's key here: 'pluginhost trust operator add' makes it one");
            }

            if (!operators.Lifts(held, new LifecycleRecord(0, now, "", change)))
            {
                throw new SkillVerificationException("policy", "release", $"'{skill}' {version} was quarantined by this operator: another one has to lift that");
            }
        }

        return change;
    });

    /// <summary>Writes the index of installed skills anew.</summary>
    public void Reindex(string reason)
    {
        Record("lifecycle", "reindexed", reason);
        var folder = new LibraryFolder(Root.Skills);
        using var turn = folder.Turn();
        new InstalledSkills(_life.Journal, folder).WriteIndex();
    }

    public override void Dispose()
    {
        _life.Journal.Dispose();
        base.Dispose();
    }
}
