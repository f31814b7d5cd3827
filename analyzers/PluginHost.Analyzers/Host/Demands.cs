using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers.Host;

/// <summary>Calls of <c>HostFunctionCall.Demand</c>.</summary>
internal static class Demands
{
    public static bool IsDemand(HostTypes host, IInvocationOperation invocation) => invocation.TargetMethod is { Name: "Demand" } method && method.ContainingType.Is(host.HostFunctionCall);

    /// <summary>The names of the properties of <c>Capability</c> that are demanded somewhere among operations; null among them where that is not written there.</summary>
    public static IEnumerable<string?> Among(HostTypes host, IEnumerable<IOperation> operations) => operations
        .OfType<IInvocationOperation>()
        .Where(invocation => IsDemand(host, invocation))
        .Select(invocation => Argument(invocation, 0) is IPropertyReferenceOperation property && property.Property.ContainingType.Is(host.Capability) ? property.Property.Name : null);

    /// <summary>Whether a use of the machine is asked for somewhere among operations: which resource it is, other rules look at.</summary>
    public static bool Cover(HostTypes host, IEnumerable<IOperation> operations, AmbientKind kind)
    {
        var name = kind switch
        {
            AmbientKind.Network => "HttpEgress",
            AmbientKind.Environment => "Environment",
            _ => "",
        };
        return name.Length > 0 && Among(host, operations).Any(demanded => demanded is null || demanded == name);
    }

    /// <summary>The expression that names the resource: of a method and a URL, the URL.</summary>
    public static IOperation? Resource(IInvocationOperation demand)
    {
        var resource = Argument(demand, 1);
        return resource switch
        {
            IInterpolatedStringOperation { Parts: [IInterpolatedStringTextOperation text, IInterpolationOperation { FormatString: null } part] } when IsMethod(text.Text.ConstantValue.Value) => part.Expression,
            IInterpolatedStringOperation { Parts: [IInterpolationOperation, IInterpolatedStringTextOperation { Text.ConstantValue.Value: " " }, IInterpolationOperation { FormatString: null } part] } => part.Expression,
            IInvocationOperation { TargetMethod: { Name: "ToString", Parameters.IsEmpty: true }, Instance: { } shown } => shown,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum when IsMethod(sum.LeftOperand.ConstantValue.Value) => sum.RightOperand,
            _ => resource,
        };

        static bool IsMethod(object? text) => text is string written && written.EndsWith(" ", System.StringComparison.Ordinal) && written.TrimEnd().All(char.IsLetter);
    }

    public static IOperation? Argument(IInvocationOperation invocation, int ordinal) => invocation.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal)?.Value;
}
