namespace PluginHost.Scan.Conditions;

/// <summary>An operator with two operands.</summary>
internal enum Sign
{
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    Contains,
    StartsWith,
    EndsWith,
    ContainsWithoutCase,
    StartsWithWithoutCase,
    EndsWithWithoutCase,
    EqualWithoutCase,
}
