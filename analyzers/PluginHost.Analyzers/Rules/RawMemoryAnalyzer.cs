using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PluginHost.Analyzers.Host;

namespace PluginHost.Analyzers.Rules;

/// <summary>PHG017 within host functions: bytes of a guest are read as spans, not by addresses.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RawMemoryAnalyzer : HostFunctionAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DirectEngineUseAnalyzer.Memory];

    private protected override void Check(HostFunction function, Action<Diagnostic> report)
    {
        foreach (var operation in function.Operations)
        {
            if (operation is IInvocationOperation { TargetMethod: { ContainingType: { } type } method } && IsRaw(type.FullName(), method.Name))
            {
                report(Diagnostic.Create(DirectEngineUseAnalyzer.Memory, operation.Syntax.GetLocation(), $"{type.Name}.{method.Name}"));
            }
        }
    }

    private static bool IsRaw(string type, string method) => type switch
    {
        "System.Runtime.CompilerServices.Unsafe" => method is not ("SizeOf" or "IsNullRef"),
        "System.Runtime.InteropServices.Marshal" => method.StartsWith("Read", StringComparison.Ordinal) || method.StartsWith("Write", StringComparison.Ordinal) || method.StartsWith("Ptr", StringComparison.Ordinal) || method == "Copy",
        "System.Runtime.InteropServices.MemoryMarshal" => method is "GetReference" or "CreateSpan" or "CreateReadOnlySpan" or "AsRef" or "GetArrayDataReference",
        _ => false,
    };
}
