namespace PluginHost.Scan.Syntax;

/// <summary>How tight an operator binds, from the loosest to the tightest.</summary>
internal enum Rank
{
    Or,
    And,
    Not,
    Comparison,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Sign,
}
