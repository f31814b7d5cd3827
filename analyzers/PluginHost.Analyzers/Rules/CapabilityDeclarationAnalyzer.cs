using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG001: a host function says which capability it acts under, or why it needs none.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CapabilityDeclarationAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG001", "Host function declares no capability", "{0}", RuleInfo.Capabilities, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "Who grants a function to a skill has to see what it does there on the skill's behalf.", helpLinkUri: RuleInfo.Help + "PHG001.md");

    /// <summary>The names that <c>Capability</c> knows.</summary>
    internal static readonly ImmutableHashSet<string> Known =
    [
        "clock", "environment", "filesystem.read", "filesystem.write", "host.function", "http.egress", "log", "random", "secrets.read", "secrets.use", "skill.call", "stdio", "variables",
    ];

    /// <summary>Set where one of the attributes is missing and can be added.</summary>
    internal const string Missing = "missing";

    private static readonly ImmutableDictionary<string, string?> IsMissing = ImmutableDictionary<string, string?>.Empty.Add(Missing, "");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is not { } host)
            {
                return;
            }

            start.RegisterSymbolAction(
                symbol =>
                {
                    var method = (IMethodSymbol)symbol.Symbol;
                    if (method.AndOverridden().Any(each => each.Has(host.HostFunction)))
                    {
                        foreach (var (problem, properties) in Problems(host, method))
                        {
                            symbol.ReportDiagnostic(Diagnostic.Create(Rule, method.Locations[0], properties, problem));
                        }
                    }
                },
                SymbolKind.Method);
            start.RegisterOperationAction(operation => CheckRegistration(host, operation), OperationKind.Invocation);
            start.RegisterOperationAction(
                operation =>
                {
                    var function = ((ILocalFunctionOperation)operation.Operation).Symbol;
                    foreach (var (problem, properties) in function.Has(host.HostFunction) ? Problems(host, function) : [])
                    {
                        operation.ReportDiagnostic(Diagnostic.Create(Rule, function.Locations[0], properties, problem));
                    }
                },
                OperationKind.LocalFunction);
            start.RegisterOperationAction(
                operation =>
                {
                    if (((IMethodReferenceOperation)operation.Operation).Method is { Name: "Add", Parameters.Length: 2 } method && method.ContainingType.Is(host.HostFunctions))
                    {
                        operation.ReportDiagnostic(Diagnostic.Create(Rule, operation.Operation.Syntax.GetLocation(), "What this registers is not written here: call HostFunctions.Add itself, so that it can be seen which capability a function requires"));
                    }
                },
                OperationKind.MethodReference);
        });
    }

    private static void CheckRegistration(HostTypes host, OperationAnalysisContext context)
    {
        if (Registration.Of(host, (IInvocationOperation)context.Operation) is not { } registration)
        {
            return;
        }

        foreach (var target in registration.Targets())
        {
            if (target is null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule, registration.Function.Syntax.GetLocation(), "What is registered here is not written here: pass a lambda or a method, so that it can be seen which capability it requires"));
                continue;
            }

            var method = target is IAnonymousFunctionOperation lambda ? lambda.Symbol : ((IMethodReferenceOperation)target).Method;
            if (!method.AndOverridden().Any(each => each.Has(host.HostFunction)))
            {
                foreach (var (problem, properties) in Problems(host, method))
                {
                    context.ReportDiagnostic(Diagnostic.Create(Rule, target.Syntax.GetLocation(), properties, problem));
                }
            }
        }
    }

    private static IEnumerable<(string Problem, ImmutableDictionary<string, string?>? Properties)> Problems(HostTypes host, IMethodSymbol method)
    {
        var name = method.MethodKind == MethodKind.AnonymousFunction ? "The registered function" : $"Host function '{method.Name}'";
        var attributes = method.AndOverridden().SelectMany(each => each.GetAttributes()).ToList();
        var required = attributes.Where(data => data.AttributeClass.Is(host.RequiresCapability)).ToList();
        var none = attributes.Where(data => data.AttributeClass.Is(host.NoCapability)).ToList();
        if (required.Count == 0 && none.Count == 0)
        {
            yield return ($"{name} declares no capability: add [RequiresCapability(\"...\")] for what it does on the skill's behalf, or [NoCapability(\"why\")]", IsMissing);
        }

        foreach (var capability in required.Select(Text).Where(capability => !Known.Contains(capability)))
        {
            yield return capability.Contains("*")
                ? ($"{name} requires '{capability}': there are no wildcards, name each capability", null)
                : ($"{name} requires '{capability}', which is no capability; there are {string.Join(", ", Known.OrderBy(known => known, System.StringComparer.Ordinal))}", null);
        }

        if (none.Exists(data => IsNoReason(Text(data))))
        {
            yield return ($"{name} says that it needs no capability, but not why: [NoCapability(\"why\")]", null);
        }
        else if (none.Count > 0 && required.Count > 0)
        {
            yield return ($"{name} says both that it requires a capability and that it needs none: remove one of the attributes", null);
        }
    }

    /// <summary>What the fix writes is a question, not an answer.</summary>
    internal static bool IsNoReason(string text) => string.IsNullOrWhiteSpace(text) || text.TrimStart().StartsWith("TODO", System.StringComparison.OrdinalIgnoreCase);

    private static string Text(AttributeData data) => data.ConstructorArguments.FirstOrDefault().Value as string ?? "";
}
