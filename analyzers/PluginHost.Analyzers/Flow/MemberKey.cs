using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Flow;

/// <summary>A member of what a variable holds.</summary>
/// <param name="Root">The variable, or another member.</param>
/// <param name="Member">The field or property.</param>
internal sealed record MemberKey(object Root, ISymbol Member);
