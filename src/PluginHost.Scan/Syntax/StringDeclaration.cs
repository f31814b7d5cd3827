namespace PluginHost.Scan.Syntax;

/// <summary>A string of a rule.</summary>
/// <param name="Name">Its name, without the dollar; made up where it has none.</param>
/// <param name="Value">Its token: a text, a regular expression or a hex string.</param>
/// <param name="Modifiers">What stands behind it.</param>
internal sealed record StringDeclaration(string Name, Token Value, StringModifiers Modifiers)
{
    /// <summary>Whether it has a name that a condition can use.</summary>
    public bool IsAnonymous { get; init; }
}
