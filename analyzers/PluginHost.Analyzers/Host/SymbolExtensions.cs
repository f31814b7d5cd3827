using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Host;

/// <summary>Questions about symbols.</summary>
internal static class SymbolExtensions
{
    public static bool Is(this ITypeSymbol? type, ISymbol? other) => type is not null && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, other);

    public static bool Has(this ISymbol symbol, INamedTypeSymbol? attribute) => symbol.Find(attribute) is not null;

    public static AttributeData? Find(this ISymbol symbol, INamedTypeSymbol? attribute) =>
        attribute is null ? null : symbol.GetAttributes().FirstOrDefault(data => SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute));

    /// <summary>A type and its bases, the nearest first.</summary>
    public static IEnumerable<ITypeSymbol> AndBases(this ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            yield return type;
        }
    }

    /// <summary>A method and those that it overrides: attributes of methods are inherited.</summary>
    public static IEnumerable<IMethodSymbol> AndOverridden(this IMethodSymbol? method)
    {
        for (; method is not null; method = method.OverriddenMethod)
        {
            yield return method;
        }
    }

    /// <summary>The name with its namespace and without type arguments, for instance <c>System.IO.File</c>.</summary>
    public static string FullName(this ITypeSymbol type)
    {
        var name = type.OriginalDefinition.MetadataName;
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.MetadataName + "+" + name;
        }

        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + name : name;
    }

    /// <summary>Whether it can be awaited: <c>Task</c>, <c>ValueTask</c>, and whatever derives from them.</summary>
    public static bool IsTask(this ITypeSymbol? type) => type.AndBases().Any(each =>
        each.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks" && each.Name is "Task" or "ValueTask");
}
