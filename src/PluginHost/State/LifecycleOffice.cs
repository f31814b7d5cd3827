using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;

namespace PluginHost.State;

/// <summary>What an operator decides about versions of skills: quarantine, disabling, enabling, and who is an operator.</summary>
internal sealed class LifecycleOffice : StateOffice
{
    private readonly LifecycleRoom _life;

    /// <inheritdoc/>
    public LifecycleOffice(StateRoot root, IStateAnchor? anchor, string who, ISharedState? shared = null)
        : base(root, anchor, who, shared)
    {
        try
        {
            var journal = new LifecycleJournal(
                shared?.OpenJournal() ?? FileJournalStore.Open(root.Journal), TimeProvider.System, () => Keys, new StateJournalMark(root, Guard, shared is not null));
            _life = new LifecycleRoom(journal, Audit, who);
        }
        catch
        {
            Audit.Dispose();
            throw;
        }
    }

    public LifecycleView View => _life.Journal.View;

    private IEnumerable<byte[]> Operators => Keys.At(Guard.Now);

    private OperatorKeys Keys => new(Files.Read().Ledger.Operators ?? OperatorKeys.None, []);

    /// <summary>Stops a version, in every process.</summary>
    /// <param name="which">The version.</param>
    /// <param name="reason">Why.</param>
    /// <param name="key">The operator's key: another one has to lift it. Null where the name alone says who it was.</param>
    /// <exception cref="SkillVerificationException">Nothing is known of it, or the key is no operator's.</exception>
    public LifecycleRecord? Quarantine(Func<LifecycleView, VersionState> which, string reason, SigningKey? key)
    {
        var evidence = LifecycleRoom.Evidence((LifecycleEvidence.Imposed, LifecycleEvidence.ByOperator), (LifecycleEvidence.User, Environment.UserName));
        if (key is not null)
        {
            CheckOperator(key);
            evidence = evidence.Add(LifecycleEvidence.OperatorKey, Convert.ToHexStringLower(key.PublicKey));
        }

        return _life.Write(view => LifecycleDecisions.Quarantine(which(view), reason, Who, evidence));
    }

    /// <summary>Stops a version that failed an audit.</summary>
    public LifecycleRecord? Quarantine(ReAuditFindings findings) => _life.Write(view => findings.Quarantine(view, Who));

    /// <summary>Switches a version off.</summary>
    public LifecycleRecord? Disable(Func<LifecycleView, VersionState> which, string reason) => _life.Write(view => LifecycleDecisions.Disable(which(view), reason, Who));

    /// <summary>Lets a version run again.</summary>
    /// <exception cref="SkillVerificationException">It is quarantined, and the key is not that of an operator who may lift that.</exception>
    public LifecycleRecord? Enable(Func<LifecycleView, VersionState> which, string reason, SigningKey? key) => _life.Write(view =>
    {
        var state = which(view);
        var cut = LifecycleDecisions.Bounded(reason);
        var change = LifecycleDecisions.Enable(state, cut, Who, key is null ? null : held => ReleaseStatement.Sign(held, cut, key));
        if (change is not null && state.Hold is { } held)
        {
            // The journal would keep the statement and go on holding the version: whoever signed it is told at once.
            CheckOperator(key!);
            if (!Keys.Lifts(held, new LifecycleRecord(0, Guard.Now, "", change)))
            {
                throw new SkillVerificationException("policy", "release", $"'{held.Change.Skill}' {held.Change.Version} was quarantined by this operator: another one has to lift that");
            }
        }

        return change;
    });

    /// <summary>Puts on record that a package that nobody signed is made an operator's own, and makes it. The original runs no more.</summary>
    public void Adopted(string original, string skill, string payload, string reason, Action make)
    {
        Record("trust", "adopted", reason, ("original", original), ("skill", skill), ("payload", payload));
        make();
        _life.Write(view => view.Of(original) is { Status: SkillStatus.Probation } state ? LifecycleDecisions.Adopt(state, reason, Who, payload) : null);
        Files.Change(view => view with
        {
            Ledger = view.Ledger with { Probation = view.Ledger.Probation.SetItem(original, new ProbationRecord(skill, view.Ledger.Probation.GetValueOrDefault(original)?.Since ?? Guard.Now, Guard.Now)) },
        });
    }

    /// <summary>Writes the index of installed skills anew.</summary>
    public void Reindex(string reason)
    {
        Record("lifecycle", "reindexed", reason);
        var folder = new LibraryFolder(Root.Skills);
        using var turn = folder.Turn();
        new InstalledSkills(_life.Journal, folder, Shared is not null).WriteIndex();
    }

    private void CheckOperator(SigningKey key)
    {
        if (!Operators.Any(known => known.AsSpan().SequenceEqual(key.PublicKey)))
        {
            throw new SkillVerificationException("policy", "release", $"{key.KeyId} is no operator's key here: 'pluginhost trust operator add' makes it one");
        }
    }

    public override void Dispose()
    {
        _life.Journal.Dispose();
        base.Dispose();
    }
}
