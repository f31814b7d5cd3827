using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG015: a host function that waits can be told to stop.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CancellationAnalyzer : HostFunctionAnalyzer
{
    internal static readonly DiagnosticDescriptor Rule = new(
        "PHG015", "Host function takes no cancellation token", "Host function {0} waits and cannot be told to stop: take a CancellationToken, or a HostFunctionCall and use its Cancellation", RuleInfo.Limits, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "When a call runs out of time its guest is stopped; a host function has to be asked.", helpLinkUri: RuleInfo.Help + "PHG015.md");

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        if (function.Symbol.Parameters.Any(parameter => parameter.Type.FullName() == "System.Threading.CancellationToken")
            || function.Operations.OfType<IPropertyReferenceOperation>().Any(property => property.Property.Name == "Cancellation" && property.Property.ContainingType.Is(function.Host.HostFunctionCall))
            || Passes(function)
            || !Waits(function))
        {
            return;
        }

        report(Diagnostic.Create(Rule, Place(function), function.Name));
    }

    /// <summary>Where a function is named; of a lambda, its head.</summary>
    private static Location Place(HostFunction function) =>
        function.Symbol.MethodKind == MethodKind.AnonymousFunction && function.Body.Parent?.Syntax is { } lambda
            ? Location.Create(lambda.SyntaxTree, Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(lambda.SpanStart, Math.Max(lambda.SpanStart + 1, function.Body.Syntax.SpanStart)))
            : function.Symbol.Locations[0];

    /// <summary>Whether it gives the call, and with it the token, to somebody who may use it.</summary>
    private static bool Passes(HostFunction function) => function.Operations.OfType<IArgumentOperation>().Any(argument => argument.Value is IParameterReferenceOperation passed && passed.Type.Is(function.Host.HostFunctionCall));

    private static bool Waits(HostFunction function) => function.Operations.Any(operation => operation is IAwaitOperation && IsOwn(function, operation))
        || (function.Symbol.ReturnType.IsTask() && function.Operations.OfType<IReturnOperation>().Any(each => each.ReturnedValue is { } value && !IsDone(value)));

    /// <summary>Whether it is the function itself that does it, not a lambda or a local function in it.</summary>
    private static bool IsOwn(HostFunction function, IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null && parent != function.Body; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDone(IOperation value) => value switch
    {
        IConversionOperation conversion => IsDone(conversion.Operand),
        IInvocationOperation { TargetMethod.Name: "FromResult" or "FromException" or "FromCanceled" } => true,
        IPropertyReferenceOperation { Property.Name: "CompletedTask" } => true,
        IObjectCreationOperation { Arguments: [{ Value.Type: { } type }] } => !type.IsTask(),
        IDefaultValueOperation => true,
        _ => false,
    };
}
