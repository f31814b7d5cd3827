using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG006: a denial reaches somebody who can act on it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SwallowedDenialAnalyzer : DiagnosticAnalyzer
{
    private const int MaxHelpers = 2;

    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG006", "Denial is swallowed", "This handler can catch a CapabilityDeniedException and goes on as if nothing had been denied: {0}", RuleInfo.Capabilities, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A denial that nobody sees cannot be acted on: neither by granting what is missing, nor by removing a skill that asks for too much.", helpLinkUri: RuleInfo.Help + "PHG006.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is { IsHostItself: false, CapabilityDenied: not null } host)
            {
                start.RegisterOperationAction(operation => Check(host, operation), OperationKind.Try);
            }
        });
    }

    private static void Check(HostTypes host, OperationAnalysisContext context)
    {
        var operation = (ITryOperation)context.Operation;
        var clause = operation.Catches.FirstOrDefault(each => CanCatch(host, each));
        if (clause?.Syntax is not CatchClauseSyntax syntax || !LeavesNormally(operation.SemanticModel!, syntax.Block) || !CallsHost(host, context.Compilation, operation.Body, 0))
        {
            return;
        }

        var inFunction = IsInHostFunction(host, operation, context.ContainingSymbol);
        if (!inFunction && IsHandled(host, clause))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            Rule, Location.Create(syntax.SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(syntax.CatchKeyword.SpanStart, (syntax.Declaration?.Span ?? syntax.CatchKeyword.Span).End)),
            inFunction ? "let it go, it ends the call of the tool; add 'when (e is not CapabilityDeniedException)'" : "add 'when (e is not CapabilityDeniedException)', or handle it by its type"));
    }

    /// <summary>Whether a denial gets into a handler. Of several it is the first that may: later ones never see it.</summary>
    private static bool CanCatch(HostTypes host, ICatchClauseOperation clause)
    {
        var caught = clause.ExceptionType;
        return (caught is null || caught.SpecialType == SpecialType.System_Object || host.CapabilityDenied.AndBases().Any(type => SymbolEqualityComparer.Default.Equals(type, caught)))
            && !(clause.Filter is { } filter && Excludes(host, filter));
    }

    /// <summary>Whether a filter is false for a denial.</summary>
    private static bool Excludes(HostTypes host, IOperation filter) => filter switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => Holds(host, not.Operand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => Excludes(host, both.LeftOperand) || Excludes(host, both.RightOperand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either => Excludes(host, either.LeftOperand) && Excludes(host, either.RightOperand),
        IParenthesizedOperation parenthesized => Excludes(host, parenthesized.Operand),
        IIsTypeOperation test => !IsDenial(host, test.TypeOperand),
        IIsPatternOperation test => Excludes(host, test.Pattern),
        _ => false,
    };

    /// <summary>Whether a condition is true for a denial.</summary>
    private static bool Holds(HostTypes host, IOperation condition) => condition switch
    {
        IIsTypeOperation test => IsDenial(host, test.TypeOperand),
        IIsPatternOperation test => Matches(host, test.Pattern),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either => Holds(host, either.LeftOperand) || Holds(host, either.RightOperand),
        IParenthesizedOperation parenthesized => Holds(host, parenthesized.Operand),
        _ => false,
    };

    private static bool Excludes(HostTypes host, IPatternOperation pattern) => pattern switch
    {
        INegatedPatternOperation negated => Matches(host, negated.Pattern),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both => Excludes(host, both.LeftPattern) || Excludes(host, both.RightPattern),
        IBinaryPatternOperation either => Excludes(host, either.LeftPattern) && Excludes(host, either.RightPattern),
        ITypePatternOperation type => !IsDenial(host, type.MatchedType),
        IDeclarationPatternOperation { MatchedType: { } type } => !IsDenial(host, type),
        IRecursivePatternOperation { MatchedType: { } type } => !IsDenial(host, type),
        _ => false,
    };

    private static bool Matches(HostTypes host, IPatternOperation pattern) => pattern switch
    {
        ITypePatternOperation type => IsDenial(host, type.MatchedType),
        IDeclarationPatternOperation { MatchedType: { } type } => IsDenial(host, type),
        IRecursivePatternOperation { MatchedType: { } type, PropertySubpatterns.IsEmpty: true, DeconstructionSubpatterns.IsEmpty: true } => IsDenial(host, type),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => Matches(host, either.LeftPattern) || Matches(host, either.RightPattern),
        _ => false,
    };

    private static bool IsDenial(HostTypes host, ITypeSymbol type) => host.CapabilityDenied.AndBases().Any(each => SymbolEqualityComparer.Default.Equals(each, type));

    private static bool IsTyped(HostTypes host, ITypeSymbol? type) => type is not null && IsDenial(host, type) && type.ContainingAssembly.Name.StartsWith("PluginHost", System.StringComparison.Ordinal);

    private static bool LeavesNormally(SemanticModel model, BlockSyntax block) => model.AnalyzeControlFlow(block) is { Succeeded: true } flow && (flow.EndPointIsReachable || flow.ExitPoints.Any());

    /// <summary>Whether a handler knows what it caught: by its type, or by asking for it. One that is empty does not.</summary>
    private static bool IsHandled(HostTypes host, ICatchClauseOperation clause) =>
        (IsTyped(host, clause.ExceptionType) && clause.Handler.Operations.Length > 0)
        || HostFunction.Descendants(clause.Handler).Any(operation => operation switch
        {
            IIsTypeOperation test => IsTyped(host, test.TypeOperand),
            ITypePatternOperation pattern => IsTyped(host, pattern.MatchedType),
            IDeclarationPatternOperation pattern => IsTyped(host, pattern.MatchedType),
            IRecursivePatternOperation pattern => IsTyped(host, pattern.MatchedType),
            IConversionOperation { IsImplicit: false } conversion => IsTyped(host, conversion.Type),
            _ => false,
        });

    /// <summary>Whether something there can end in a denial: a call of a tool, a demand, a use of the skill's files, or a helper that does one of these.</summary>
    private static bool CallsHost(HostTypes host, Compilation compilation, IOperation body, int depth) => HostFunction.Descendants(body).OfType<IInvocationOperation>().Any(invocation =>
    {
        var method = invocation.TargetMethod;
        return host.Callers.Any(caller => method.ContainingType.Is(caller))
            || method.ContainingType.Is(host.HostFunctionCall) || method.ContainingType.Is(host.HostFunctionFiles)
            || (depth < MaxHelpers && method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, DeclaringSyntaxReferences.IsEmpty: false }
                && Bodies.Of(compilation, body.SemanticModel, method) is { } helper && !IsWithin(body, helper) && CallsHost(host, compilation, helper, depth + 1));
    });

    private static bool IsWithin(IOperation body, IOperation helper) => helper.Syntax.Span.Contains(body.Syntax.Span) && helper.Syntax.SyntaxTree == body.Syntax.SyntaxTree;

    private static bool IsInHostFunction(HostTypes host, IOperation operation, ISymbol owner)
    {
        if (owner is IMethodSymbol method && (method.AndOverridden().Any(each => each.Has(host.HostFunction)) || method.Parameters.Any(parameter => parameter.Type.Is(host.HostFunctionCall))))
        {
            return true;
        }

        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda && lambda.Symbol.Parameters.Any(parameter => parameter.Type.Is(host.HostFunctionCall)))
            {
                return true;
            }
        }

        return false;
    }
}
