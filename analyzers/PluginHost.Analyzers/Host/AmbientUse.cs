using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers.Host;

/// <summary>An operation that touches the machine by itself, and by what member.</summary>
internal readonly record struct AmbientUse(IOperation Operation, ISymbol Member, AmbientKind Kind)
{
    private static readonly Dictionary<string, AmbientKind> Types = new()
    {
        ["System.IO.File"] = AmbientKind.Files,
        ["System.IO.Directory"] = AmbientKind.Files,
        ["System.IO.FileStream"] = AmbientKind.Files,
        ["System.IO.FileInfo"] = AmbientKind.Files,
        ["System.IO.DirectoryInfo"] = AmbientKind.Files,
        ["System.IO.FileSystemInfo"] = AmbientKind.Files,
        ["System.IO.DriveInfo"] = AmbientKind.Files,
        ["System.IO.FileSystemWatcher"] = AmbientKind.Files,
        ["System.IO.RandomAccess"] = AmbientKind.Files,
        ["System.IO.Compression.ZipFile"] = AmbientKind.Files,
        ["System.IO.IsolatedStorage.IsolatedStorageFile"] = AmbientKind.Files,
        ["System.IO.Enumeration.FileSystemEnumerable`1"] = AmbientKind.Files,
        ["System.Net.Http.HttpClient"] = AmbientKind.Network,
        ["System.Net.Http.HttpMessageInvoker"] = AmbientKind.Network,
        ["System.Net.Http.SocketsHttpHandler"] = AmbientKind.Network,
        ["System.Net.Http.Json.HttpClientJsonExtensions"] = AmbientKind.Network,
        ["System.Net.WebClient"] = AmbientKind.Network,
        ["System.Net.WebRequest"] = AmbientKind.Network,
        ["System.Net.Dns"] = AmbientKind.Network,
        ["System.Net.HttpListener"] = AmbientKind.Network,
        ["System.Net.Mail.SmtpClient"] = AmbientKind.Network,
        ["System.Net.NetworkInformation.Ping"] = AmbientKind.Network,
        ["System.Net.Sockets.Socket"] = AmbientKind.Network,
        ["System.Net.Sockets.TcpClient"] = AmbientKind.Network,
        ["System.Net.Sockets.TcpListener"] = AmbientKind.Network,
        ["System.Net.Sockets.UdpClient"] = AmbientKind.Network,
        ["System.Net.Sockets.NetworkStream"] = AmbientKind.Network,
        ["System.Net.Security.SslStream"] = AmbientKind.Network,
        ["System.Net.Quic.QuicConnection"] = AmbientKind.Network,
        ["System.Net.WebSockets.ClientWebSocket"] = AmbientKind.Network,
        ["System.Environment"] = AmbientKind.Environment,
        ["System.Diagnostics.Process"] = AmbientKind.Machine,
        ["System.IO.MemoryMappedFiles.MemoryMappedFile"] = AmbientKind.Machine,
        ["System.IO.Pipes.NamedPipeClientStream"] = AmbientKind.Machine,
        ["System.IO.Pipes.NamedPipeServerStream"] = AmbientKind.Machine,
        ["System.IO.Pipes.AnonymousPipeClientStream"] = AmbientKind.Machine,
        ["System.IO.Pipes.AnonymousPipeServerStream"] = AmbientKind.Machine,
        ["Microsoft.Win32.Registry"] = AmbientKind.Machine,
        ["Microsoft.Win32.RegistryKey"] = AmbientKind.Machine,
        ["System.Runtime.InteropServices.NativeLibrary"] = AmbientKind.Machine,
    };

    /// <summary>Members that open what a string names, of types that are harmless otherwise.</summary>
    private static readonly HashSet<string> OpenByName =
    [
        "System.IO.StreamReader..ctor", "System.IO.StreamWriter..ctor", "System.Xml.XmlReader.Create", "System.Xml.XmlWriter.Create", "System.Xml.XmlDocument.Load",
        "System.Xml.XmlTextReader..ctor", "System.Xml.Linq.XDocument.Load", "System.Xml.Linq.XElement.Load", "System.Xml.XPath.XPathDocument..ctor", "System.IO.Path.GetTempFileName", "System.IO.Path.Exists",
    ];

    /// <summary>Members of <c>Environment</c> that tell nothing and do nothing.</summary>
    private static readonly HashSet<string> Harmless =
        ["NewLine", "TickCount", "TickCount64", "ProcessorCount", "CurrentManagedThreadId", "Is64BitProcess", "Is64BitOperatingSystem", "HasShutdownStarted", "SystemPageSize", "Version", "StackTrace", "FailFast"];

    /// <summary>The uses among some operations, one for each: a new client that is called at once counts as the call.</summary>
    public static IEnumerable<AmbientUse> In(IEnumerable<IOperation> operations)
    {
        foreach (var operation in operations)
        {
            if (UsedBy(operation) is { } member && KindOf(operation, member) is not AmbientKind.None and var kind
                && !(operation is IObjectCreationOperation && operation.Parent is { } parent && UsedBy(parent) is { } outer && KindOf(parent, outer) != AmbientKind.None))
            {
                yield return new AmbientUse(operation, member, kind);
            }
        }
    }

    /// <summary>What a member touches.</summary>
    public static AmbientKind KindOf(ISymbol member)
    {
        if (member is IMethodSymbol method && (method.GetDllImportData() is not null || method.GetAttributes().Any(data => data.AttributeClass?.Name is "LibraryImportAttribute" or "UnmanagedCallConvAttribute")))
        {
            return AmbientKind.Machine;
        }

        // The type that declares the member counts, never a type argument, and what is inherited from a harmless type is harmless.
        if (member.OriginalDefinition.ContainingType is not { } type || (type.Name == "Environment" && Harmless.Contains(member.Name.Replace("get_", ""))))
        {
            return AmbientKind.None;
        }

        var name = type.FullName();
        return Types.TryGetValue(name, out var kind) ? kind
            : OpenByName.Contains(name + "." + member.Name) && (member.Name is "GetTempFileName" || member is IMethodSymbol { Parameters: [{ Type.SpecialType: SpecialType.System_String }, ..] }) ? AmbientKind.Files
            : AmbientKind.None;
    }

    private static ISymbol? UsedBy(IOperation operation) => operation switch
    {
        IInvocationOperation invocation => invocation.TargetMethod.ReducedFrom ?? invocation.TargetMethod,
        IObjectCreationOperation { Constructor: { } constructor } => constructor,
        IPropertyReferenceOperation property => property.Property,
        IMethodReferenceOperation reference => reference.Method,
        IFieldReferenceOperation { Field.IsConst: false } field => field.Field,
        IEventReferenceOperation @event => @event.Event,
        _ => null,
    };

    private static AmbientKind KindOf(IOperation operation, ISymbol member) =>
        operation is IObjectCreationOperation creation
            ? creation.Type.AndBases().Select(type => Types.TryGetValue(type.FullName(), out var kind) ? kind : AmbientKind.None).FirstOrDefault(kind => kind != AmbientKind.None) is not AmbientKind.None and var made ? made : KindOf(member)
            : KindOf(member);
}
