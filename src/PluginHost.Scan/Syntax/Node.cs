using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>A part of a condition.</summary>
internal abstract record Node
{
    /// <summary>A whole number.</summary>
    public sealed record Integer(long Value) : Node;

    /// <summary>A number with a fraction.</summary>
    public sealed record Float(double Value) : Node;

    /// <summary>A text, its bytes one character each.</summary>
    public sealed record Text(string Value) : Node;

    /// <summary>A regular expression.</summary>
    public sealed record Regex(string Pattern, string Flags) : Node;

    /// <summary>True or false.</summary>
    public sealed record Flag(bool Value) : Node;

    /// <summary>The size of what is scanned.</summary>
    public sealed record FileSize : Node;

    /// <summary>The entry point of a program.</summary>
    public sealed record EntryPoint : Node;

    /// <summary>A name: a rule, an external variable, or a variable of a loop.</summary>
    public sealed record Name(string Id, int Line) : Node;

    /// <summary>A member of a module or structure.</summary>
    public sealed record Member(Node Of, string Id) : Node;

    /// <summary>An element of an array or dictionary.</summary>
    public sealed record Element(Node Of, Node Index) : Node;

    /// <summary>A call of a function.</summary>
    public sealed record Call(Node Function, ImmutableArray<Node> Arguments) : Node;

    /// <summary>A string is found; at a place or in a range, where one is given.</summary>
    public sealed record Found(string Id, Node? At, (Node From, Node To)? In) : Node;

    /// <summary>How often a string is found.</summary>
    public sealed record Count(string Id, (Node From, Node To)? In) : Node;

    /// <summary>Where, or how long, a match of a string is.</summary>
    public sealed record Place(string Id, bool IsLength, Node? Index) : Node;

    /// <summary>An operator on one operand.</summary>
    public sealed record Unary(string Operator, Node Operand) : Node;

    /// <summary>Operators of one rank, from the left to the right.</summary>
    public sealed record Chain(Node First, ImmutableArray<Operation> Rest) : Node
    {
        public IEnumerable<Node> Operands => Rest.Select(operation => operation.Operand).Prepend(First);
    }

    /// <summary>Some strings of a set.</summary>
    /// <param name="Quantifier">How many.</param>
    /// <param name="Set">Which.</param>
    /// <param name="At">Where; null for anywhere.</param>
    /// <param name="In">In which range; null for anywhere.</param>
    public sealed record Some(Quantifier Quantifier, StringSet Set, Node? At, (Node From, Node To)? In) : Node;

    /// <summary>Some rules of a set.</summary>
    public sealed record OfRules(Quantifier Quantifier, ImmutableArray<string> Rules) : Node;

    /// <summary>A loop over strings.</summary>
    public sealed record ForStrings(Quantifier Quantifier, StringSet Set, Node Body) : Node;

    /// <summary>A loop over numbers, or over what a module offers.</summary>
    public sealed record ForValues(Quantifier Quantifier, ImmutableArray<string> Variables, Node? Iterated, (Node From, Node To)? Range, ImmutableArray<Node> Items, Node Body) : Node;
}
