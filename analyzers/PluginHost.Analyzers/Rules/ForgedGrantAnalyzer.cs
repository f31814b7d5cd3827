using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG010: what the gate gives out comes from the gate.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForgedGrantAnalyzer : DiagnosticAnalyzer
{
    private const int NonPublic = 32;

    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG010", "Grant is forged", "'{0}' comes from the gate alone; {1} makes or changes one past it", RuleInfo.Gate, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "Whoever makes a grant by hand answers the gate's questions for it.", helpLinkUri: RuleInfo.Help + "PHG010.md", customTags: WellKnownDiagnosticTags.NotConfigurable);

    /// <summary>What only the gate makes: rights, who calls, what was verified.</summary>
    private static readonly HashSet<string> Issued = ["SkillGrant", "HostFunctionCall", "HostFunctionFiles", "Capability", "Skill", "LiveSkill", "SkillSession", "SkillVerification", "SkillLibrary", "SkillLibraryEntry"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is not { IsHostItself: false })
            {
                return;
            }

            start.RegisterOperationAction(CheckCreation, OperationKind.ObjectCreation, OperationKind.With);
            start.RegisterOperationAction(CheckInvocation, OperationKind.Invocation);
            start.RegisterOperationAction(CheckDeclared, OperationKind.PropertyReference);
            start.RegisterSymbolAction(symbol => CheckAccessor((IMethodSymbol)symbol.Symbol, symbol.ReportDiagnostic), SymbolKind.Method);
            start.RegisterOperationAction(operation => CheckAccessor(((ILocalFunctionOperation)operation.Operation).Symbol, operation.ReportDiagnostic), OperationKind.LocalFunction);
            start.RegisterSyntaxNodeAction(CheckAttribute, SyntaxKind.Attribute);
        });
    }

    private static void CheckCreation(OperationAnalysisContext context)
    {
        if (IsIssued(context.Operation.Type))
        {
            Report(context, context.Operation, context.Operation.Type!.Name, context.Operation is IWithOperation ? "'with'" : "'new'");
        }
    }

    private static void CheckInvocation(OperationAnalysisContext context)
    {
        var invocation = (IInvocationOperation)context.Operation;
        var method = invocation.TargetMethod;

        // Names are compared before anything is made of them: this is asked of every call there is.
        if (method.Name is not ("CreateInstance" or "As" or "Deserialize" or "DeserializeAsync" or "DeserializeObject" or "GetUninitializedObject" or "GetType") && method.ContainingType.Name is not ("Type" or "TypeInfo" or "RuntimeReflectionExtensions"))
        {
            return;
        }

        var name = method.ContainingType.FullName() + "." + method.Name;
        switch (name)
        {
            case "System.Activator.CreateInstance" or "System.Runtime.CompilerServices.Unsafe.As" or "System.Text.Json.JsonSerializer.Deserialize" or "System.Text.Json.JsonSerializer.DeserializeAsync" or "Newtonsoft.Json.JsonConvert.DeserializeObject"
                or "System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject" or "System.Runtime.Serialization.FormatterServices.GetUninitializedObject":
                if ((method.TypeArguments.LastOrDefault(IsIssued) ?? invocation.Arguments.Select(argument => TypeOf(argument.Value, 0) ?? (method.ContainingType.Name == "Unsafe" ? Unconverted(argument.Value).Type : null)).FirstOrDefault(IsIssued)) is { } made)
                {
                    Report(context, invocation, made.Name, $"{method.ContainingType.Name}.{method.Name}");
                }

                return;
            case "System.Type.GetType" or "System.Reflection.Assembly.GetType" or "System.Reflection.Assembly.CreateInstance":
                if (invocation.Arguments.Select(argument => argument.Value.ConstantValue.Value).OfType<string>().FirstOrDefault(text => text.StartsWith("PluginHost.", StringComparison.Ordinal)) is { } text)
                {
                    Report(context, invocation, text.Split(',')[0].Split('.').Last(), $"{method.ContainingType.Name}.{method.Name}");
                }

                return;
        }

        // Reflection on what is not public of any type of the host. The extensions tell of everything.
        var isExtension = method.ContainingType.FullName() == "System.Reflection.RuntimeReflectionExtensions";
        if ((isExtension || method.ContainingType.FullName() is "System.Type" or "System.Reflection.TypeInfo") && (isExtension ? invocation.Arguments.FirstOrDefault()?.Value : invocation.Instance) is { } receiver
            && (isExtension || invocation.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: int flags } && argument.Parameter?.Type.Name == "BindingFlags" && (flags & NonPublic) != 0))
            && TypeOf(receiver, 0) is { ContainingAssembly.Name: HostTypes.AssemblyName or HostTypes.EngineAssemblyName or "PluginHost.Skills" } target)
        {
            Report(context, invocation, target.Name, $"reflection on its members that are not public, Type.{method.Name},");
        }
    }

    /// <summary><c>TypeInfo.DeclaredFields</c> and its like, which tell of what is not public, too.</summary>
    private static void CheckDeclared(OperationAnalysisContext context)
    {
        if (context.Operation is IPropertyReferenceOperation { Property: var property, Instance: { } instance } && property.Name.StartsWith("Declared", StringComparison.Ordinal)
            && property.ContainingType.FullName() == "System.Reflection.TypeInfo" && TypeOf(instance, 0) is { ContainingAssembly.Name: HostTypes.AssemblyName or HostTypes.EngineAssemblyName or "PluginHost.Skills" } target)
        {
            Report(context, context.Operation, target.Name, $"reflection on its members that are not public, TypeInfo.{property.Name},");
        }
    }

    /// <summary>An extern method that reaches a member of the host that is not public.</summary>
    private static void CheckAccessor(IMethodSymbol method, Action<Diagnostic> report)
    {
        if (!method.GetAttributes().Any(data => data.AttributeClass?.FullName() == "System.Runtime.CompilerServices.UnsafeAccessorAttribute"))
        {
            return;
        }

        var named = method.Parameters.SelectMany(parameter => parameter.GetAttributes()).Concat(method.GetReturnTypeAttributes())
            .Select(data => data.AttributeClass?.Name == "UnsafeAccessorTypeAttribute" ? data.ConstructorArguments.FirstOrDefault().Value as string : null).FirstOrDefault(name => name?.StartsWith("PluginHost.", StringComparison.Ordinal) == true);
        var type = method.Parameters.Select(parameter => parameter.Type).Append(method.ReturnType).FirstOrDefault(each => each.ContainingAssembly?.Name is HostTypes.AssemblyName or HostTypes.EngineAssemblyName or "PluginHost.Skills");
        if ((named ?? type?.Name) is { } reached)
        {
            report(Diagnostic.Create(Rule, method.Locations[0], reached, "an unsafe accessor"));
        }
    }

    private static void CheckAttribute(SyntaxNodeAnalysisContext context)
    {
        var attribute = (AttributeSyntax)context.Node;
        if (attribute.Name.ToString().Contains("IgnoresAccessChecksTo") && attribute.ArgumentList?.Arguments is [{ Expression: { } argument }]
            && context.SemanticModel.GetConstantValue(argument, context.CancellationToken).Value is string name && name.StartsWith("PluginHost", StringComparison.Ordinal))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, attribute.GetLocation(), name, "ignoring its access checks"));
        }
    }

    private static IOperation Unconverted(IOperation operation) => operation is IConversionOperation conversion ? Unconverted(conversion.Operand) : operation;

    /// <summary>The type that an expression of <c>System.Type</c> stands for, where that is written here.</summary>
    private static ITypeSymbol? TypeOf(IOperation operation, int depth) => operation switch
    {
        ITypeOfOperation typeOf => typeOf.TypeOperand,
        IInvocationOperation { TargetMethod.Name: "GetType", Instance: { } instance, Arguments.IsEmpty: true } => instance.Type,
        IInvocationOperation { TargetMethod.Name: "GetTypeInfo", Arguments: [var argument] } => TypeOf(argument.Value, depth),
        IConversionOperation conversion => TypeOf(conversion.Operand, depth),
        ILocalReferenceOperation local when depth < 4 => HostFunction.Descendants(Registration.Root(operation)).OfType<IVariableDeclaratorOperation>()
            .Where(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local.Local)).Select(declarator => declarator.GetVariableInitializer()?.Value).OfType<IOperation>()
            .Select(value => TypeOf(value, depth + 1)).FirstOrDefault(),
        _ => null,
    };

    private static bool IsIssued(ITypeSymbol? type) => type is { ContainingAssembly.Name: HostTypes.AssemblyName } && Issued.Contains(type.Name);

    private static void Report(OperationAnalysisContext context, IOperation operation, string type, string how) => context.ReportDiagnostic(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), type, how));
}
