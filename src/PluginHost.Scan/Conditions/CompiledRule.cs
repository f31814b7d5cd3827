using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using PluginHost.Scan.Patterns;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>A rule that can be evaluated.</summary>
/// <param name="Declaration">How it is written.</param>
/// <param name="Numbers">The numbers of its strings among all, by their names.</param>
internal sealed record CompiledRule(RuleDeclaration Declaration, ImmutableDictionary<string, int> Numbers)
{
    private readonly ConcurrentDictionary<Node.Regex, Program> _expressions = [];

    /// <summary>Its strings by their names.</summary>
    public FrozenDictionary<string, StringDeclaration> Strings { get; } = Declaration.Strings.ToFrozenDictionary(declared => declared.Name, StringComparer.Ordinal);

    /// <summary>Whether an expression matches somewhere in a text.</summary>
    public bool Matches(Node.Regex expression, string text)
    {
        var program = _expressions.GetOrAdd(expression, static read => Read(read));
        var automaton = new Automaton(program, isSearch: true, new AutomatonMemory());
        var bytes = Encoding.Latin1.GetBytes(text);
        var state = automaton.Start(false, isStart: true);
        for (var at = 0; ; at++)
        {
            state = automaton.Step(state, at == bytes.Length ? automaton.End : automaton.ClassOf(bytes[at]), out var isMatch);
            if (isMatch || at == bytes.Length)
            {
                return isMatch;
            }

            if (automaton.IsFull)
            {
                state = automaton.ClearBut(state);
            }
        }
    }

    /// <exception cref="FormatException">It is malformed.</exception>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    public static Program Read(Node.Regex expression) => Program.Of(RegexReader.Read(expression.Pattern, expression.Flags.Contains('i'), expression.Flags.Contains('s')).Pattern);
}
