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
        var inFunction = IsInHostFunction(host, operation, context.ContainingSymbol);
        var callsHost = new System.Lazy<bool>(() => CallsHost(host, context.Compilation, operation.Body, 0));
        foreach (var clause in operation.Catches)
        {
            if (CanCatch(host, clause) && clause.Syntax is CatchClauseSyntax syntax && LeavesNormally(operation.SemanticModel!, syntax.Block) && !ThrowsByACall(clause) && callsHost.Value && (inFunction || !IsHandled(host, clause)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule, Location.Create(syntax.SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(syntax.CatchKeyword.SpanStart, (syntax.Declaration?.Span ?? syntax.CatchKeyword.Span).End)),
                    inFunction ? "let it go, it ends the call of the tool; add 'when (e is not CapabilityDeniedException)'" : "add 'when (e is not CapabilityDeniedException)', or handle it by its type"));
            }

            if (CatchesAll(host, clause))
            {
                return;
            }
        }
    }

    /// <summary>Whether a denial gets no further than a handler.</summary>
    private static bool CatchesAll(HostTypes host, ICatchClauseOperation clause) => IsCaught(host, clause) && (clause.Filter is null || Holds(host, Caught(clause), clause.Filter));

    private static bool IsCaught(HostTypes host, ICatchClauseOperation clause) =>
        clause.ExceptionType is not { SpecialType: not SpecialType.System_Object } caught || host.CapabilityDenied.AndBases().Any(type => SymbolEqualityComparer.Default.Equals(type, caught));

    private static ILocalSymbol? Caught(ICatchClauseOperation clause) => clause.Locals.FirstOrDefault();

    /// <summary>A handler whose last word is a method that does not return, or that hands the exception on.</summary>
    private static bool ThrowsByACall(ICatchClauseOperation clause) => clause.Handler.Operations.Select(operation => operation is IExpressionStatementOperation { Operation: IInvocationOperation invocation } ? invocation.TargetMethod : null).OfType<IMethodSymbol>().Any(method =>
        method.GetAttributes().Any(data => data.AttributeClass?.Name == "DoesNotReturnAttribute") || (method.Name == "Throw" && method.ContainingType.Name == "ExceptionDispatchInfo") || method.Name is "SetException" or "TrySetException");

    /// <summary>Whether a denial gets into a handler.</summary>
    private static bool CanCatch(HostTypes host, ICatchClauseOperation clause) => IsCaught(host, clause) && !(clause.Filter is { } filter && Excludes(host, Caught(clause), filter));

    /// <summary>Whether a filter is false for a denial. Only what is asked of the exception itself says so.</summary>
    private static bool Excludes(HostTypes host, ILocalSymbol? caught, IOperation filter) => filter switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => Holds(host, caught, not.Operand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both => Excludes(host, caught, both.LeftOperand) || Excludes(host, caught, both.RightOperand),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either => Excludes(host, caught, either.LeftOperand) && Excludes(host, caught, either.RightOperand),
        IParenthesizedOperation parenthesized => Excludes(host, caught, parenthesized.Operand),
        IIsTypeOperation test => IsOf(caught, test.ValueOperand) && !IsDenial(host, test.TypeOperand),
        IIsPatternOperation test => IsOf(caught, test.Value) && Excludes(host, test.Pattern),
        _ => false,
    };

    /// <summary>Whether a condition is true for a denial.</summary>
    private static bool Holds(HostTypes host, ILocalSymbol? caught, IOperation condition) => condition switch
    {
        IIsTypeOperation test => IsOf(caught, test.ValueOperand) && IsDenial(host, test.TypeOperand),
        IIsPatternOperation test => IsOf(caught, test.Value) && Matches(host, test.Pattern),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either => Holds(host, caught, either.LeftOperand) || Holds(host, caught, either.RightOperand),
        IParenthesizedOperation parenthesized => Holds(host, caught, parenthesized.Operand),
        _ => false,
    };

    private static bool IsOf(ILocalSymbol? caught, IOperation value) => value switch
    {
        ILocalReferenceOperation local => SymbolEqualityComparer.Default.Equals(local.Local, caught),
        IConversionOperation conversion => IsOf(caught, conversion.Operand),
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
        return (method.Name == "CallAsync" && host.Callers.Any(caller => method.ContainingType.Is(caller)))
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
