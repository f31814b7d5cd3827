using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG012: limits limit.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnlimitedAnalyzer : DiagnosticAnalyzer
{
    private const int MaxDepth = 3;

    /// <summary>A whole number from here on is no bound for bytes, fuel or calls.</summary>
    private const double Excess = 1L << 56;

    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG012", "Limit is unlimited", "'{0}' limits nothing with {1}: leave it at its default, or choose a number that the machine can afford", RuleInfo.Limits, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A skill that runs away takes what the limits leave it.", helpLinkUri: RuleInfo.Help + "PHG012.md");

    /// <summary>Where nothing, or nothing of something, is a choice and not the absence of one.</summary>
    private static readonly HashSet<string> ZeroIsStrict = ["QueuedCalls", "QueueTime", "DrainTime", "HttpRetries", "DataBytes"];

    private static readonly HashSet<string> LimitTypes = ["SkillLimits", "InspectionOptions"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is { IsHostItself: false })
            {
                start.RegisterOperationAction(Check, OperationKind.SimpleAssignment);
            }
        });
    }

    private static void Check(OperationAnalysisContext context)
    {
        if (context.Operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment
            && (IsLimit(property) || (property.ContainingType is { Name: "AuditOptions", ContainingAssembly.Name: HostTypes.AssemblyName } && property.Name == "SkillBytesPerMinute"))
            && IsUnlimited(property.Name, assignment.Value))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, assignment.Syntax.GetLocation(), property.Name, assignment.Value.Syntax.ToString()));
        }
    }

    private static bool IsLimit(IPropertySymbol property) => property.ContainingType is { ContainingAssembly.Name: HostTypes.AssemblyName } type && LimitTypes.Contains(type.Name) && property.Type.SpecialType != SpecialType.System_String;

    private static bool IsUnlimited(string name, IOperation value, int depth = 0)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion && !value.ConstantValue.HasValue)
        {
            value = conversion.Operand;
        }

        if (value.ConstantValue is { HasValue: true } constant)
        {
            // An absent rate is what is there by default.
            return constant.Value is int or long or double or float or uint or ulong or short or byte or decimal && IsExcessive(name, constant.Value is int, Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        return value switch
        {
            IFieldReferenceOperation { Field: { Name: "MaxValue" or "InfiniteTimeSpan" or "MinValue", ContainingNamespace.Name: "System" or "Threading" } } => true,
            IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => !ZeroIsStrict.Contains(name),
            IObjectCreationOperation { Type.Name: "TimeSpan", Arguments: [{ Value.ConstantValue: { HasValue: true, Value: int days } }, _, _, _, ..] } => days > 1,
            IObjectCreationOperation { Type.Name: "TimeSpan", Arguments: [{ Value.ConstantValue: { HasValue: true, Value: long ticks } }] } => ticks > TimeSpan.TicksPerDay,
            IInvocationOperation { TargetMethod: { ContainingType.Name: "TimeSpan", Name: var unit }, Arguments: [var argument, ..] } => Days(unit, argument.Value) is { } days && (days > 1 || (days <= 0 && !ZeroIsStrict.Contains(name))),
            _ when depth < MaxDepth && WrittenOnce.Value(value) is { } stored => IsUnlimited(name, stored, depth + 1),
            _ => false,
        };
    }

    private static bool IsExcessive(string name, bool isInt, double number) =>
        double.IsNaN(number) || number < 0 || (number == 0 && !ZeroIsStrict.Contains(name)) || number >= Excess || (number >= int.MaxValue && (isInt || (!name.Contains("Bytes") && name != "CallFuel")));

    private static double? Days(string unit, IOperation amount) => amount.ConstantValue is { HasValue: true, Value: IConvertible number } && unit switch
    {
        "FromDays" => 1.0,
        "FromHours" => 1 / 24.0,
        "FromMinutes" => 1 / 1440.0,
        "FromSeconds" => 1 / 86400.0,
        "FromMilliseconds" => 1 / 86400000.0,
        "FromTicks" => 1.0 / TimeSpan.TicksPerDay,
        _ => 0.0,
    } is > 0 and var factor ? Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) * factor : null;
}
