using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG008: what a skill brings runs in the sandbox, never in the process.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SkillCodeLoadAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG008", "Code is loaded from a skill", "'{0}' runs what comes from a skill inside this process, past every check: call the skill's tools instead", RuleInfo.Gate, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "A package is verified to be run in the sandbox; nothing of it is fit to be run outside.", helpLinkUri: RuleInfo.Help + "PHG008.md");

    private static readonly HashSet<string> Loads =
    [
        "System.Reflection.Assembly.Load", "System.Reflection.Assembly.LoadFrom", "System.Reflection.Assembly.LoadFile", "System.Reflection.Assembly.UnsafeLoadFrom", "System.Reflection.Assembly.LoadModule",
        "System.Runtime.Loader.AssemblyLoadContext.LoadFromAssemblyPath", "System.Runtime.Loader.AssemblyLoadContext.LoadFromStream", "System.Runtime.Loader.AssemblyLoadContext.LoadFromNativeImagePath",
        "System.Runtime.Loader.AssemblyLoadContext.LoadUnmanagedDllFromPath", "System.Runtime.InteropServices.NativeLibrary.Load", "System.Runtime.InteropServices.NativeLibrary.TryLoad",
        "System.Diagnostics.Process.Start", "System.Activator.CreateInstance", "System.Activator.CreateInstanceFrom", "System.AppDomain.ExecuteAssembly", "System.Type.GetType",
        "Microsoft.CodeAnalysis.CSharp.Scripting.CSharpScript.EvaluateAsync", "Microsoft.CodeAnalysis.CSharp.Scripting.CSharpScript.RunAsync", "System.Diagnostics.ProcessStartInfo..ctor",
    ];

    private static readonly HashSet<string> LoadNames = [.. Loads.Select(name => name.Substring(name.LastIndexOf('.') + 1)), ".ctor"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is not { IsHostItself: false } host)
            {
                return;
            }

            start.RegisterOperationAction(
                operation =>
                {
                    var (method, arguments) = operation.Operation is IInvocationOperation invocation ? (invocation.TargetMethod, invocation.Arguments)
                        : (((IObjectCreationOperation)operation.Operation).Constructor, ((IObjectCreationOperation)operation.Operation).Arguments);
                    if (method is not null && LoadNames.Contains(method.Name) && (method.Name != ".ctor" || method.ContainingType.Name == "ProcessStartInfo") && method.ContainingType is { } type && Loads.Contains(type.FullName() + "." + method.Name)
                        && arguments.Any(argument => (method.Name != "CreateInstance" || argument.Parameter?.Ordinal == 0 || argument.Value.Type?.SpecialType == SpecialType.System_String) && ComesFromSkill(host, argument.Value, new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default))))
                    {
                        operation.ReportDiagnostic(Diagnostic.Create(Rule, operation.Operation.Syntax.GetLocation(), method.MethodKind == MethodKind.Constructor ? "new " + type.Name : $"{type.Name}.{method.Name}"));
                    }
                },
                OperationKind.Invocation, OperationKind.ObjectCreation);
        });
    }

    /// <summary>
    /// Whether a value is made of what a skill is, said or brought: members of its types, parameters of host functions, paths of packages. Variables
    /// of the same body are followed to what is stored in them, in whatever order.
    /// </summary>
    private static bool ComesFromSkill(HostTypes host, IOperation value, HashSet<ILocalSymbol> followed) => HostFunction.AndDescendants(value).Any(operation => operation switch
    {
        IMemberReferenceOperation { Instance.Type: { } type } => IsOfSkill(type),
        IInvocationOperation { Instance.Type: { } type } => IsOfSkill(type) || type.Is(host.HostFunctionFiles),
        ILiteralOperation { ConstantValue.Value: string text } => text.IndexOf(".palyra-skill", StringComparison.OrdinalIgnoreCase) >= 0,
        IParameterReferenceOperation { Parameter: var parameter } => IsGuestParameter(host, parameter, operation) || IsOfSkill(parameter.Type),
        ILocalReferenceOperation { Local: var local } => IsOfSkill(local.Type) || (followed.Add(local) && (Stored(operation, local).Any(stored => ComesFromSkill(host, stored, followed)) || IsLoaded(host, operation, local))),
        _ => false,
    });

    private static bool IsOfSkill(ITypeSymbol? type) => type is { ContainingAssembly.Name: HostTypes.AssemblyName, Name: "Skill" or "LiveSkill" or "SkillSession" or "SkillLibraryEntry" or "SkillCallResult" or "SkillTool" or "MappedDirectory" };

    private static bool IsGuestParameter(HostTypes host, IParameterSymbol parameter, IOperation use)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method || parameter.Type.Is(host.HostFunctionCall))
        {
            return false;
        }

        if (method.AndOverridden().Any(each => each.Has(host.HostFunction)))
        {
            return true;
        }

        for (var parent = use.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && SymbolEqualityComparer.Default.Equals(lambda.Symbol, parameter.ContainingSymbol))
            {
                for (IOperation? around = lambda.Parent; around is not null; around = around.Parent)
                {
                    if (around is IInvocationOperation invocation)
                    {
                        return Registration.Of(host, invocation) is not null;
                    }
                }
            }
        }

        return false;
    }

    private static IEnumerable<IOperation> Stored(IOperation use, ILocalSymbol local) => HostFunction.Descendants(Registration.Root(use)).Select(operation => operation switch
    {
        IVariableDeclaratorOperation declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local) => declarator.GetVariableInitializer()?.Value,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when SymbolEqualityComparer.Default.Equals(target.Local, local) => assignment.Value,
        IForEachLoopOperation loop when loop.Locals.Contains(local) => loop.Collection,
        _ => null,
    }).OfType<IOperation>();

    /// <summary>Whether the same variable is given to the host to be loaded or installed.</summary>
    private static bool IsLoaded(HostTypes host, IOperation use, ILocalSymbol local) => HostFunction.Descendants(Registration.Root(use)).OfType<IInvocationOperation>().Any(invocation =>
        invocation.TargetMethod.ContainingAssembly?.Name == HostTypes.AssemblyName
        && (invocation.TargetMethod.Name.StartsWith("Load", StringComparison.Ordinal) || invocation.TargetMethod.Name.StartsWith("Install", StringComparison.Ordinal))
        && invocation.Arguments.Any(argument => argument.Value is ILocalReferenceOperation passed && SymbolEqualityComparer.Default.Equals(passed.Local, local)));
}
