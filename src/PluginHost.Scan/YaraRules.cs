using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Scan.Conditions;
using PluginHost.Scan.Patterns;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan;

/// <summary>
/// Compiled rules. The whole grammar of YARA 4 is read; a rule that uses what is not supported is skipped and counted (<see cref="Skipped"/>), and so are rules
/// that depend on it. Any number of threads may scan with the same rules.
/// </summary>
public sealed class YaraRules
{
    private const int MaxPlaces = 16;
    private readonly ImmutableArray<CompiledRule> _rules;
    private readonly ImmutableArray<StringMatcher> _strings;
    private readonly ImmutableArray<bool> _isPresenceEnough;
    private readonly NeedleIndex _index;
    /// <summary>Searches that wait for the next scan; what they learned makes that faster.</summary>
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<MatchFinder> _finders = [];

    private YaraRules(ImmutableArray<CompiledRule> rules, ImmutableArray<SkippedRule> skipped, ImmutableArray<StringMatcher> strings, ImmutableArray<bool> isPresenceEnough, string digest)
    {
        _rules = rules;
        _strings = strings;
        _isPresenceEnough = isPresenceEnough;
        Skipped = skipped;
        Digest = digest;
        var number = 0;
        foreach (var variant in strings.SelectMany(matcher => matcher.Variants))
        {
            variant.Number = number++;
        }

        _index = new NeedleIndex([.. strings.SelectMany(matcher => matcher.Variants).SelectMany(variant => variant.Needles)]);
    }

    /// <summary>Bytes of rules together.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>How many rules are run.</summary>
    public int Count => _rules.Length;

    /// <summary>Rules that are not run, and why.</summary>
    public IReadOnlyList<SkippedRule> Skipped { get; }

    /// <summary>Lower hex SHA-256 of the files: of the name and content of each, in the order of their names.</summary>
    public string Digest { get; }

    /// <summary>Compiles files of rules. Names of rules are told apart by file, as in YARA's namespaces.</summary>
    /// <param name="sources">The files.</param>
    /// <param name="externals">Names of the facts that scans will give, with a value of the type that each has.</param>
    /// <exception cref="YaraException">A file is malformed.</exception>
    public static YaraRules Compile(IEnumerable<YaraSource> sources, IReadOnlyDictionary<string, object>? externals = null) => Compile(sources, externals, findsAll: false);

    /// <summary>The same; where all places are wanted, the search for a string does not end with the first.</summary>
    internal static YaraRules Compile(IEnumerable<YaraSource> sources, IReadOnlyDictionary<string, object>? externals, bool findsAll)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var files = sources.OrderBy(source => source.Name, StringComparer.Ordinal).ToList();
        if (files.Sum(file => (long)file.Content.Length) > MaxBytes)
        {
            throw new YaraException(files[0].Name, 1, $"rules have at most {MaxBytes} bytes together");
        }

        var rules = ImmutableArray.CreateBuilder<CompiledRule>();
        var skipped = ImmutableArray.CreateBuilder<SkippedRule>();
        var strings = ImmutableArray.CreateBuilder<StringMatcher>();
        var presence = ImmutableArray.CreateBuilder<bool>();
        var names = (externals ?? ImmutableDictionary<string, object>.Empty).ToImmutableDictionary(fact => fact.Key, fact => KindOf(fact.Value), StringComparer.Ordinal);
        foreach (var file in files)
        {
            Compile(file, names, rules, skipped, strings, presence);
        }

        return new YaraRules(rules.ToImmutable(), skipped.ToImmutable(), strings.ToImmutable(), [.. presence.Select(isEnough => isEnough && !findsAll)], DigestOf(files));
    }

    /// <summary>Scans bytes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="externals">Facts: texts, whole numbers, fractions, true or false.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ScanResult Scan(ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, object>? externals = null, CancellationToken cancellation = default)
    {
        var finder = _finders.TryTake(out var used) ? used : new MatchFinder(_index, _strings, _isPresenceEnough);
        var found = finder.Find(data, cancellation);
        if (finder.IsLight && _finders.Count < MaxIdle)
        {
            _finders.Add(finder);
        }

        var matches = ImmutableArray.CreateBuilder<RuleMatch>();
        var notRun = ImmutableArray.CreateBuilder<SkippedRule>();
        foreach (var file in _rules.GroupBy(rule => rule.Declaration.File, StringComparer.Ordinal))
        {
            Decide([.. file], data, found, externals ?? ImmutableDictionary<string, object>.Empty, matches, notRun, cancellation);
        }

        return new ScanResult(matches.ToImmutable(), notRun.ToImmutable());
    }

    private static void Decide(
        List<CompiledRule> rules, ReadOnlyMemory<byte> data, IReadOnlyList<Match>[] found, IReadOnlyDictionary<string, object> externals, ImmutableArray<RuleMatch>.Builder matches,
        ImmutableArray<SkippedRule>.Builder notRun, CancellationToken cancellation)
    {
        var held = new Dictionary<string, bool>(StringComparer.Ordinal);
        var own = new List<RuleMatch>();
        foreach (var rule in rules)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                held[rule.Declaration.Name] = rule.Condition(new Frame(data, found, externals, held, rule.Variables, cancellation)).IsTrue;
            }
            catch (UnsupportedException e)
            {
                held[rule.Declaration.Name] = false;
                notRun.Add(new SkippedRule(rule.Declaration.Name, rule.Declaration.File, e.Message));
            }

            if (held[rule.Declaration.Name] && !rule.Declaration.IsPrivate)
            {
                own.Add(Report(rule, found));
            }
        }

        // A global rule that does not hold keeps all others of its file from holding.
        if (rules.TrueForAll(rule => !rule.Declaration.IsGlobal || held[rule.Declaration.Name]))
        {
            matches.AddRange(own);
        }
    }

    private static RuleMatch Report(CompiledRule rule, IReadOnlyList<Match>[] found) => new(
        rule.Declaration.Name,
        rule.Declaration.File,
        rule.Declaration.Tags,
        rule.Declaration.Meta.GroupBy(pair => pair.Key, StringComparer.Ordinal).ToImmutableDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal),
        [.. rule.Declaration.Strings.Where(declared => !declared.Modifiers.Private)
            .SelectMany(declared => found[rule.Numbers[declared.Name]].Take(MaxPlaces).Select(match => new StringMatch(declared.IsAnonymous ? "$" : "$" + declared.Name, match.Offset, match.Length)))]);

    private static void Compile(
        YaraSource file, ImmutableDictionary<string, ValueKind> externals, ImmutableArray<CompiledRule>.Builder rules, ImmutableArray<SkippedRule>.Builder skipped, ImmutableArray<StringMatcher>.Builder strings,
        ImmutableArray<bool>.Builder presence)
    {
        var (known, left, sets) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var declaration in RuleParser.Parse(file.Name, Encoding.Latin1.GetString(file.Content.Span)))
        {
            if (Enumerable.Range(1, declaration.Name.Length).Select(length => declaration.Name[..length]).FirstOrDefault(sets.Contains) is { } counted)
            {
                throw new YaraException(file.Name, declaration.Line, $"the rule '{declaration.Name}' is one of '{counted}*', which a rule before it has counted");
            }

            sets.UnionWith(Names(declaration.Condition).Where(name => name.EndsWith('*')).Select(name => name[..^1]));
            if (known.Contains(declaration.Name) || left.Contains(declaration.Name))
            {
                throw new YaraException(file.Name, declaration.Line, $"the rule '{declaration.Name}' is there twice");
            }

            try
            {
                if (declaration.Unsupported is { } unsupported)
                {
                    throw new UnsupportedException(unsupported);
                }

                if (Names(declaration.Condition).Select(name => Missing(name, left)).FirstOrDefault(missing => missing is not null) is { } missing)
                {
                    throw new UnsupportedException($"the rule '{missing}', which is skipped");
                }

                var placed = ConditionCheck.Of(declaration, known, externals);
                var numbers = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
                var matchers = declaration.Strings.Select((declared, i) => Matcher(declaration, declared, strings.Count + i)).ToList();
                for (var i = 0; i < matchers.Count; i++)
                {
                    numbers[declaration.Strings[i].Name] = strings.Count;
                    strings.Add(matchers[i]);
                    presence.Add(!placed.Contains(declaration.Strings[i].Name));
                }

                rules.Add(ConditionCompiler.Compile(declaration, numbers.ToImmutable()));
                known.Add(declaration.Name);
            }
            catch (UnsupportedException e)
            {
                left.Add(declaration.Name);
                skipped.Add(new SkippedRule(declaration.Name, file.Name, e.Message));
            }
        }
    }

    private static StringMatcher Matcher(RuleDeclaration rule, StringDeclaration declared, int number)
    {
        try
        {
            return StringMatcher.Of(declared, number);
        }
        catch (FormatException e)
        {
            throw new YaraException(rule.File, declared.Value.Line, $"the string '${(declared.IsAnonymous ? "" : declared.Name)}': {e.Message}");
        }
    }

    /// <summary>The rule that a name, or names that begin so, lead to and that is skipped; null where there is none.</summary>
    private static string? Missing(string name, HashSet<string> skipped) =>
        name.EndsWith('*') ? skipped.Where(one => one.StartsWith(name[..^1], StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault() : skipped.Contains(name) ? name : null;

    /// <summary>Names that a condition uses.</summary>
    private static IEnumerable<string> Names(Node node) => node switch
    {
        Node.Name name => [name.Id],
        Node.OfRules rules => rules.Rules,
        Node.Unary unary => Names(unary.Operand),
        Node.Chain chain => chain.Operands.SelectMany(Names),
        Node.Call call => call.Arguments.SelectMany(Names),
        Node.ForStrings loop => Names(loop.Body),
        Node.ForValues loop => Names(loop.Body),
        _ => [],
    };

    private static ValueKind KindOf(object? fact) => fact switch { long or int or bool => ValueKind.Integer, double => ValueKind.Float, string => ValueKind.Text, _ => ValueKind.Unknown };

    private static string DigestOf(IEnumerable<YaraSource> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Name}\n{file.Content.Length}\n")));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
