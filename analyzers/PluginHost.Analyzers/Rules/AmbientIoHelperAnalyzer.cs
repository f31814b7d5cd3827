using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG003: nor does it through what it calls.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AmbientIoHelperAnalyzer : HostFunctionAnalyzer
{
    private const int MaxDepth = 8;
    private const int MaxMethods = 500;

    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG003", "Host function reaches ambient I/O through a helper", "Host function {0} reaches '{1}' through {2} with the rights of this process: {3}", RuleInfo.Capabilities, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "What PHG002 says of a host function holds for what it calls.", helpLinkUri: RuleInfo.Help + "PHG003.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        foreach (var call in function.Operations)
        {
            if (Called(call) is { } first && Find(function, call, first) is { } found)
            {
                report(Diagnostic.Create(
                    Rule, call.Syntax.GetLocation(), [found.Use.Operation.Syntax.GetLocation()],
                    function.Name, AmbientIoAnalyzer.Name(found.Use.Member), string.Join(" and ", found.Path.Select(method => $"'{method.Name}'")), AmbientIoAnalyzer.Advice(found.Use.Kind)));
            }
        }
    }

    private static (AmbientUse Use, ImmutableList<IMethodSymbol> Path)? Find(HostFunction function, IOperation call, IMethodSymbol first)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { first };
        var queue = new Queue<(ImmutableList<IMethodSymbol> Path, ImmutableList<IOperation> Operations)>();
        Add([], first, [.. function.WithAsking]);
        while (queue.Count > 0 && seen.Count < MaxMethods)
        {
            var (path, operations) = queue.Dequeue();
            var own = operations.Skip(function.WithAsking.Length);
            foreach (var use in AmbientUse.In(own))
            {
                if (!Demands.Cover(function.Host, operations, use.Kind))
                {
                    return (use, path);
                }
            }

            foreach (var next in own.Select(Called).OfType<IMethodSymbol>())
            {
                if (path.Count < MaxDepth && seen.Add(next))
                {
                    Add(path, next, operations);
                }
            }
        }

        return null;

        // What is demanded on the way there counts; what the helper before did, its callers did, too.
        void Add(ImmutableList<IMethodSymbol> path, IMethodSymbol method, ImmutableList<IOperation> before)
        {
            if (Bodies.Of(function.Compilation, call.SemanticModel, method) is { } body)
            {
                queue.Enqueue((path.Add(method), before.AddRange(HostFunction.Descendants(body))));
            }
        }
    }

    /// <summary>The method of this compilation that an operation calls, or passes on; local functions are part of the body.</summary>
    private static IMethodSymbol? Called(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension } method } => Source(method.ReducedFrom ?? method),
        IMethodReferenceOperation { Method.MethodKind: MethodKind.Ordinary } reference => Source(reference.Method),
        IObjectCreationOperation { Constructor: { } constructor } => Source(constructor),
        IPropertyReferenceOperation { Property: { SetMethod: { } setter }, Parent: IAssignmentOperation assignment } property when assignment.Target == property => Source(setter),
        IPropertyReferenceOperation { Property: { GetMethod: { } getter } } => Source(getter),
        _ => null,
    };

    private static IMethodSymbol? Source(IMethodSymbol method) => method.IsAbstract || method.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty || method.IsImplicitlyDeclared ? null : method.OriginalDefinition;
}
