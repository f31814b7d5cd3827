using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Flow;

/// <summary>Secrets by their type or attribute, never by their name, and where they must not go.</summary>
internal sealed class SecretPolicy(HostTypes host, bool isHostFunction) : FlowPolicy
{
    public override bool ReturnsAreSinks => isHostFunction;

    public override bool IsHarmless(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double and not SpecialType.System_Char || type.Is(host.SecretValue);

    public override bool IsSource(IOperation operation) => Origin(host, operation);

    /// <summary>What somebody else makes of a secret, an answer, a connection, is not the secret any more; text, lists and records that hold it are.</summary>
    public override bool IsSanitizer(IOperation operation, Func<IOperation, bool> isTainted) => operation switch
    {
        IInvocationOperation { TargetMethod: { } method } => method.ContainingType.FullName().StartsWith("System.Security.Cryptography.", StringComparison.Ordinal)
            || method.Name is "Equals" or "FixedTimeEquals" or "IsNullOrEmpty" or "IsNullOrWhiteSpace" or "GetHashCode"
            || (method.DeclaringSyntaxReferences.IsEmpty && method.ReturnType.IsTask() && method.Name is not ("FromResult" or "ConfigureAwait" or "AsTask")),
        IObjectCreationOperation { Type: { } type } => !type.IsRecord && !IsKept(type),
        _ => false,
    };

    public override bool IsReturnASink(IFlowAnonymousFunctionOperation lambda)
    {
        for (IOperation? parent = lambda.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IInvocationOperation invocation)
            {
                return Registration.Of(host, invocation) is not null;
            }
        }

        return false;
    }

    public override IEnumerable<IOperation> Sinks(IOperation operation) => operation switch
    {
        IInvocationOperation invocation when IsRecord(invocation.TargetMethod) => invocation.Arguments.SelectMany(Values),
        IObjectCreationOperation creation when creation.Type.AndBases().Any(type => type.FullName() == "System.Exception") => creation.Arguments.Select(argument => argument.Value),
        IObjectCreationOperation creation when creation.Type?.FullName() is "PluginHost.SkillLogMessage" => creation.Arguments.Select(argument => argument.Value),
        _ => [],
    };

    /// <summary>An argument, or each of those that the compiler puts into an array.</summary>
    private static IEnumerable<IOperation> Values(IArgumentOperation argument) =>
        argument is { ArgumentKind: ArgumentKind.ParamArray, Value: IArrayCreationOperation { Initializer: { } all } } ? all.ElementValues : [argument.Value];

    /// <summary>Whether a secret comes into being, or is read, here.</summary>
    public static bool Origin(HostTypes host, IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Reveal" } method } => method.ContainingType.Is(host.SecretValue),
        IInvocationOperation { TargetMethod: { Name: "Invoke" }, Instance: { } source } => IsSourceOfSecrets(host, source),
        IInvocationOperation { TargetMethod: { } method } => MayHaveAttribute(method) && HasAttribute(method.GetReturnTypeAttributes()),
        IPropertyReferenceOperation property => MayHaveAttribute(property.Property) && HasAttribute(property.Property.GetAttributes()),
        IFieldReferenceOperation field => MayHaveAttribute(field.Field) && HasAttribute(field.Field.GetAttributes()),
        IParameterReferenceOperation parameter => HasAttribute(parameter.Parameter.GetAttributes()),
        _ => false,
    };

    /// <summary>The platform knows nothing of the attribute, and reading those of all its members would take long.</summary>
    private static bool MayHaveAttribute(ISymbol member) => member.ContainingAssembly?.Name is { } name && !name.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static bool IsKept(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() is "System" or "System.Text" || type.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true;

    private static bool HasAttribute(System.Collections.Immutable.ImmutableArray<AttributeData> attributes) =>
        !attributes.IsEmpty && attributes.Any(data => data.AttributeClass?.Name == "SecretAttribute" && data.AttributeClass.ContainingAssembly?.Name == HostTypes.AssemblyName);

    private static bool IsSourceOfSecrets(HostTypes host, IOperation source) => source switch
    {
        IPropertyReferenceOperation { Property: { Name: "Secrets" } property } => property.ContainingType.Is(host.SkillHostOptions),
        IInvocationOperation { TargetMethod: { } method } => method.ContainingType.Is(host.SecretSource),
        _ => false,
    };

    private static bool IsRecord(IMethodSymbol method)
    {
        var type = method.ContainingType;
        return type.FullName() switch
        {
            "Microsoft.Extensions.Logging.LoggerExtensions" or "Microsoft.Extensions.Logging.ILogger" or "System.Console" or "System.Diagnostics.Trace" or "System.Diagnostics.Debug"
                or "System.Diagnostics.Activity" or "System.Diagnostics.ActivityEvent" or "System.Diagnostics.EventLog" => true,
            _ => method.GetAttributes().Any(data => data.AttributeClass?.FullName() is "Microsoft.Extensions.Logging.LoggerMessageAttribute")
                || type.AllInterfaces.Any(each => each.FullName() == "Microsoft.Extensions.Logging.ILogger"),
        };
    }
}
