using System.Collections.Immutable;
using System.Text;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Where the links of a package stand in logs, as far as proofs hold, and which logs contradict themselves. A log that does matters to a package only where
/// one of its links stands on that log: else whoever has evidence against any log could bar any package with it.
/// </summary>
internal sealed class LogStanding
{
    /// <summary>How many proofs that name no link are tried with all of them.</summary>
    private const int MaxUnnamed = 32;

    private readonly LogPolicy _policy;
    private readonly DateTimeOffset _now;
    private readonly ILogMemory? _memory;
    private readonly Dictionary<string, LogVerdict?> _verdicts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Origin, long Size), (string Root, Note Note)> _trees = [];
    private readonly SortedDictionary<string, Fabrication> _forks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<LoggedLink>> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Note>> _notes = new(StringComparer.Ordinal);

    private LogStanding(ChainRules rules)
    {
        (_policy, _memory, _now) = (rules.Logs, rules.Memory, rules.Now);
    }

    /// <param name="proofs">Proofs that were shown.</param>
    /// <param name="leaves">Hashes of what logs keep of the links, by their ids.</param>
    /// <param name="rules">Logs that count, and what is remembered of them.</param>
    public static LogStanding Of(IEnumerable<LinkProof> proofs, IReadOnlyDictionary<string, byte[]> leaves, ChainRules rules)
    {
        var standing = new LogStanding(rules);
        var unnamed = 0;
        foreach (var (link, proof) in proofs)
        {
            if (link.Length == 0 ? unnamed == MaxUnnamed : leaves.TryGetValue(link, out var own) && !proof.Proves(own))
            {
                continue;
            }

            if (standing.Verdict(proof.Note) is not { } verdict)
            {
                continue;
            }

            standing.Compare(proof.Note, verdict.Checkpoint);
            unnamed += link.Length == 0 ? 1 : 0;
            var proven = link.Length > 0 ? (leaves.ContainsKey(link) ? link : null) : leaves.FirstOrDefault(leaf => proof.Proves(leaf.Value)).Key;
            if (proven is not null)
            {
                standing.Add(proven, new LoggedLink(verdict.Checkpoint.Origin, proof.Index, verdict.HasQuorum, verdict.HasQuorum && !rules.Logs.NeedsNoWitness), proof.Note);
            }
        }

        return standing;
    }

    /// <summary>Where a link stands, in an order that does not depend on the proofs' own.</summary>
    public ImmutableArray<LoggedLink> PlacesOf(string link) =>
    [
        .. (_places.GetValueOrDefault(link) ?? []).GroupBy(place => (place.Origin, place.Index)).Select(same => same.MaxBy(place => place.HasQuorum)!)
            .OrderByDescending(place => place.HasQuorum).ThenBy(place => place.Origin, StringComparer.Ordinal).ThenBy(place => place.Index),
    ];

    /// <summary>
    /// Those that witnesses stand behind where the policy asks for them, in logs that do not contradict themselves: where a log shows two trees, it has no
    /// order that anything could be before.
    /// </summary>
    public IEnumerable<LoggedLink> SoundPlacesOf(string link) => PlacesOf(link).Where(place => place.HasQuorum && !_forks.ContainsKey(place.Origin));

    /// <summary>The contradiction of a log on which some links stand; null where there is none.</summary>
    public Fabrication? ForkUnder(IEnumerable<JudgedLink> links) =>
        links.SelectMany(link => link.Places).Select(place => place.Origin).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(_forks.GetValueOrDefault).FirstOrDefault(fork => fork is not null);

    /// <summary>Contradictions of logs, in words.</summary>
    public IEnumerable<string> Warnings => _forks.Values.Select(fork => $"{fork.What}: nothing that counts here stands on it");

    /// <summary>Checkpoints on which some links stand, the largest of each log.</summary>
    public IEnumerable<Note> NotesUnder(IEnumerable<JudgedLink> links) =>
        links.SelectMany(link => link.Places).Select(place => place.Origin).Distinct(StringComparer.Ordinal).SelectMany(origin => _notes[origin]).DistinctBy(note => note.Text, StringComparer.Ordinal);

    private void Add(string link, LoggedLink place, Note note)
    {
        if (!_places.TryGetValue(link, out var places))
        {
            _places[link] = places = [];
        }

        places.Add(place);
        if (!_notes.TryGetValue(place.Origin, out var notes))
        {
            _notes[place.Origin] = notes = [];
        }

        notes.Add(note);
    }

    /// <summary>What the policy says of a note that a log signed; the same note is judged once.</summary>
    private LogVerdict? Verdict(Note note)
    {
        var text = note.ToString();
        if (!_verdicts.TryGetValue(text, out var verdict))
        {
            try
            {
                verdict = _policy.Judge(note, _now);
            }
            catch (FormatException)
            {
                // A known key that did not sign it: the note counts for nothing.
            }

            _verdicts[text] = verdict = verdict is { Log: not null } ? verdict : null;
        }

        return verdict;
    }

    private void Compare(Note note, Checkpoint checkpoint)
    {
        var (origin, size, root) = (checkpoint.Origin, checkpoint.Size, Convert.ToBase64String(checkpoint.Root));
        if (!_trees.TryAdd((origin, size), (root, note)))
        {
            var (other, before) = _trees[(origin, size)];
            if (other != root)
            {
                Fork(origin, $"the log '{origin}' signed two trees of {size} entries", before, note);
            }

            return;
        }

        // An older tree is reconciled when the log is followed the next time; one of the same size is the same, or a lie.
        if (_memory?.SeenOf(origin).FirstOrDefault(seen => Checkpoint.Read(seen.Text) is var known && known.Size == size && !known.IsSameTree(checkpoint)) is { } memory)
        {
            Fork(origin, $"the log '{origin}' signed another tree of {size} entries than was seen before", memory, note);
        }
        else if (_memory?.IsForked(origin) == true)
        {
            Fork(origin, $"the log '{origin}' showed two trees that cannot both be", note);
        }
    }

    private void Fork(string origin, string what, params Note[] notes) =>
        _forks.TryAdd(origin, new Fabrication(what, [.. notes.Select(note => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(note.ToString()))]));
}
