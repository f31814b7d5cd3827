using System.Text;
using PluginHost.Scan.Patterns;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>A regular expression that a condition holds texts against.</summary>
internal sealed class TextExpression
{
    private readonly Program _program;

    private TextExpression(Program program) => _program = program;

    /// <exception cref="FormatException">It is malformed.</exception>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    public static TextExpression Of(Node.Regex expression) => new(Program.Of(RegexReader.Read(expression.Pattern, expression.Flags.Contains('i'), expression.Flags.Contains('s')).Pattern));

    /// <summary>Whether it matches somewhere in a text.</summary>
    public bool Matches(string text)
    {
        var automaton = new Automaton(_program, isSearch: true, new AutomatonMemory());
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
}
