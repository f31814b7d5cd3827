using System.Collections.Immutable;

namespace PluginHost.Scan.Syntax;

/// <summary>Strings of a rule: all of them, or those whose names fit.</summary>
/// <param name="Names">Names, some of which end with an asterisk; empty for all.</param>
internal sealed record StringSet(ImmutableArray<string> Names)
{
    public bool Holds(StringDeclaration declaration) =>
        Names.IsEmpty || Names.Any(name => name.EndsWith('*') ? declaration.Name.StartsWith(name[..^1], StringComparison.Ordinal) && (!declaration.IsAnonymous || name == "*") : !declaration.IsAnonymous && declaration.Name == name);
}
