using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG009 and PHG017: where there is a gate, nothing runs or reads a guest beside it. Projects that use the engine alone have no gate to pass by.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DirectEngineUseAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG009", "Engine is used directly", "'{0}' runs WebAssembly past the gate: nothing verifies, asks for consent, limits or records it; use SkillHost.LoadSkillAsync", RuleInfo.Gate, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "Only a module that came through the gate is known, and only a guest of the host is limited and on record.", helpLinkUri: RuleInfo.Help + "PHG009.md");

    internal static readonly DiagnosticDescriptor Memory = new(
        "PHG017", "Raw guest memory is read", "'{0}' touches the memory of a guest without the host's checks: take a string, bytes or a SpanHostFunction's span instead", RuleInfo.Gate, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "Addresses and lengths that come from a guest are checked in one place, the host's.", helpLinkUri: RuleInfo.Help + "PHG017.md");

    private static readonly HashSet<string> EngineTypes =
        ["WasmModule", "CompiledModule", "LinkedModule", "Linker", "Store", "StoreOptions", "Instance", "WasmFunction", "WasmGlobal", "WasmTable", "HostFunction", "CompilationOptions"];

    private static readonly HashSet<string> MemoryTypes = ["WasmMemory", "Caller"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule, Memory];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is { IsHostItself: false, Engine: { } engine } host && !start.Compilation.Assembly.Has(host.DirectEngineUse))
            {
                start.RegisterOperationAction(operation => Check(engine, operation), OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.MethodReference, OperationKind.PropertyReference, OperationKind.TypeOf);
            }
        });
    }

    private static void Check(IAssemblySymbol engine, OperationAnalysisContext context)
    {
        var (type, name) = context.Operation switch
        {
            IInvocationOperation invocation => (invocation.TargetMethod.ContainingType, invocation.TargetMethod.Name),
            IObjectCreationOperation creation => (creation.Type, "new"),
            IMethodReferenceOperation reference => (reference.Method.ContainingType, reference.Method.Name),
            IPropertyReferenceOperation property => (property.Property.ContainingType, property.Property.Name),
            ITypeOfOperation typeOf => (typeOf.TypeOperand, "typeof"),
            _ => ((ITypeSymbol?)null, ""),
        };
        if (type is null || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, engine))
        {
            return;
        }

        var rule = EngineTypes.Contains(type.Name) ? Rule : MemoryTypes.Contains(type.Name) ? Memory : null;

        // Of a chain the beginning is told of, and of what a module says of itself nothing: where it came from is.
        if (rule is not null && !(context.Operation is IPropertyReferenceOperation && rule == Rule) && !IsContinued(engine, context.Operation, rule))
        {
            context.ReportDiagnostic(Diagnostic.Create(rule, context.Operation.Syntax.GetLocation(), name is "new" or "typeof" ? $"{name} {type.Name}" : $"{type.Name}.{name}"));
        }
    }

    private static bool IsContinued(IAssemblySymbol engine, IOperation operation, DiagnosticDescriptor rule)
    {
        var receiver = operation switch
        {
            IInvocationOperation { Instance: { } instance } => instance,
            IMemberReferenceOperation { Instance: { } instance } => instance,
            _ => null,
        };
        return receiver is IInvocationOperation or IPropertyReferenceOperation or IObjectCreationOperation && receiver.Type is { } type && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, engine)
            && (rule == Memory ? MemoryTypes : EngineTypes).Contains(type.Name);
    }
}
