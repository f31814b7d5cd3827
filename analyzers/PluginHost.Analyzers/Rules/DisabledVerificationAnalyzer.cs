using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG011: the gate's questions are answered, not switched off.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DisabledVerificationAnalyzer : DiagnosticAnalyzer
{
    private const int MaxDepth = 3;

    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG011", "Verification is disabled", "{0}", RuleInfo.Gate, DiagnosticSeverity.Error, isEnabledByDefault: true,
        description: "A gate that lets everything through is none.", helpLinkUri: RuleInfo.Help + "PHG011.md", customTags: WellKnownDiagnosticTags.NotConfigurable);

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            if (HostTypes.In(start.Compilation) is { IsHostItself: false } host)
            {
                start.RegisterOperationAction(operation => CheckAssignment(host, operation), OperationKind.SimpleAssignment, OperationKind.CompoundAssignment);
                start.RegisterOperationAction(CheckCallback, OperationKind.DelegateCreation);
            }
        });
    }

    private static void CheckAssignment(HostTypes host, OperationAnalysisContext context)
    {
        if (context.Operation is IAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "AllowUnsignedOnProbation" } property }, Value.ConstantValue: { HasValue: true, Value: true } } && property.ContainingType.Is(host.SkillHostOptions))
        {
            Report(context, "Packages that nobody signed are let in: sign them, or leave the choice to a policy file that an operator writes");
        }
    }

    private static void CheckCallback(OperationAnalysisContext context)
    {
        var creation = (IDelegateCreationOperation)context.Operation;
        if (creation.Type is not { ContainingAssembly.Name: HostTypes.AssemblyName, Name: "ConsentCallback" or "ApprovalCallback" } type)
        {
            return;
        }

        foreach (var target in Registration.Targets(creation.Target))
        {
            var (symbol, body) = target switch
            {
                IAnonymousFunctionOperation lambda => (lambda.Symbol, (IOperation?)lambda.Body),
                IMethodReferenceOperation reference => (reference.Method, Bodies.Of(context.Compilation, creation.SemanticModel, reference.Method)),
                _ => (null, null),
            };
            if (symbol is null || body is null)
            {
                continue;
            }

            var operations = HostFunction.Descendants(body).ToList();
            var answers = operations.OfType<IReturnOperation>().Select(each => each.ReturnedValue).OfType<IOperation>().ToList();
            if (answers.Count > 0 && answers.TrueForAll(answer => IsYes(answer, 0)) && !operations.OfType<IParameterReferenceOperation>().Any(reference => Looks(reference, symbol)))
            {
                Report(context, type.Name == "ConsentCallback"
                    ? "This consents to whatever a skill asks for, without looking at the request: show it to a person, or decide by what it says"
                    : "This approves every call of a tool that asks for approval, without looking at the request: show it to a person, or decide by what it says");
                return;
            }
        }
    }

    /// <summary>Whether a use of the request is one: to drop it, or to see that it is there, is not.</summary>
    private static bool Looks(IParameterReferenceOperation reference, IMethodSymbol callback) =>
        reference.Parameter.Ordinal == 0 && SymbolEqualityComparer.Default.Equals(reference.Parameter.ContainingSymbol, callback)
        && reference.Parent is not (ISimpleAssignmentOperation { Target: IDiscardOperation } or IIsNullOperation)
        && !(reference.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "ThrowIfNull" } })
        && !(reference.Parent is IConversionOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "ThrowIfNull" } } or ISimpleAssignmentOperation { Target: IDiscardOperation } });

    private static bool IsYes(IOperation answer, int depth) => answer switch
    {
        { ConstantValue: { HasValue: true, Value: true } } => true,
        IConversionOperation conversion => IsYes(conversion.Operand, depth),
        IAwaitOperation await => IsYes(await.Operation, depth),
        IPropertyReferenceOperation { Property: { Name: "Accept", ContainingType.Name: "ConsentDecision" } } => true,
        IInvocationOperation { TargetMethod: { Name: "AcceptFor", ContainingType.Name: "ConsentDecision" } } => true,
        IInvocationOperation { TargetMethod: { Name: "FromResult" }, Arguments: [var argument] } => IsYes(argument.Value, depth),
        IObjectCreationOperation { Type.Name: "ValueTask" or "Task", Arguments: [var argument] } => IsYes(argument.Value, depth),
        IConditionalOperation { WhenFalse: { } other } choice => IsYes(choice.WhenTrue, depth) && IsYes(other, depth),
        _ when depth < MaxDepth && WrittenOnce.Value(answer) is { } stored => IsYes(stored, depth + 1),
        _ => false,
    };

    private static void Report(OperationAnalysisContext context, string problem)
    {
        if (!IsForDebugging(context.Operation.Syntax))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Operation.Syntax.GetLocation(), problem));
        }
    }

    /// <summary>Whether code stands between <c>#if DEBUG</c> and its end.</summary>
    private static bool IsForDebugging(SyntaxNode syntax)
    {
        var open = 0;
        var debug = 0;
        for (var directive = syntax.SyntaxTree.GetRoot().GetFirstDirective(); directive is not null && directive.SpanStart < syntax.SpanStart; directive = directive.GetNextDirective())
        {
            switch (directive)
            {
                case IfDirectiveTriviaSyntax @if:
                    open++;
                    debug = debug == 0 && @if.Condition.ToString() == "DEBUG" ? open : debug;
                    break;
                case BranchingDirectiveTriviaSyntax when directive.IsKind(SyntaxKind.ElseDirectiveTrivia) || directive.IsKind(SyntaxKind.ElifDirectiveTrivia):
                    debug = debug == open ? 0 : debug;
                    break;
                case EndIfDirectiveTriviaSyntax:
                    debug = debug == open ? 0 : debug;
                    open--;
                    break;
            }
        }

        return debug > 0;
    }
}
