namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for where a property is set at creation only; this framework has none.</summary>
internal static class IsExternalInit;
