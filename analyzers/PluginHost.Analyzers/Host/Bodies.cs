using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Host;

/// <summary>Bodies of methods of the same compilation, wherever they are written.</summary>
internal static class Bodies
{
    /// <summary>The body of a method; null where it has none or is not compiled here.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="near">The model of the file from where it is asked.</param>
    /// <param name="method">The method.</param>
    public static IOperation? Of(Compilation compilation, SemanticModel? near, IMethodSymbol method)
    {
        method = method.PartialImplementationPart ?? method;
        if (method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(CancellationToken.None) is not { } syntax || !compilation.ContainsSyntaxTree(syntax.SyntaxTree))
        {
            return null;
        }

        // Another file's model is made for the few methods only that host functions are made of.
#pragma warning disable RS1030
        var model = near?.SyntaxTree == syntax.SyntaxTree ? near : compilation.GetSemanticModel(syntax.SyntaxTree);
#pragma warning restore RS1030
        return model?.GetOperation(syntax);
    }
}
