using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PluginHost.Analyzers.Tests;

/// <summary>PHG020, and that nothing makes the rules silent.</summary>
[TestClass]
public sealed class GateIntegrityTests
{
    private static PortableExecutableReference Library(string name, string source, IEnumerable<MetadataReference> references)
    {
        var stream = new MemoryStream();
        var result = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(stream);
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics));
        return MetadataReference.CreateFromImage(stream.ToArray());
    }

    [TestMethod]
    public async Task TypeOfTheSameName_InAnotherReference_SilencesNothing_AndIsReported()
    {
        var other = Library(
            "Evil",
            """
            namespace PluginHost { public sealed class HostFunctions { public void Add(string name, System.Delegate function) { } } public sealed class SkillHost { } public sealed class RequiresCapabilityAttribute : System.Attribute { public RequiresCapabilityAttribute(string s) { } } }
            """,
            Rules.References.Where(reference => !Path.GetFileName(reference.Display!).StartsWith("PluginHost", StringComparison.Ordinal)));
        var document = Rules.Document("internal class Functions\n{\n    [HostFunction(\"a\")]\n    public string One(string s) => File.ReadAllText(s);\n}\n", [.. Rules.References, other]);

        var found = (await Rules.Diagnostics(document.Project)).Select(diagnostic => diagnostic.Id).Order().ToList();

        CollectionAssert.AreEqual(new[] { "PHG001", "PHG002", "PHG020", "PHG020", "PHG020" }, found);
    }

    [TestMethod]
    public async Task TypeOfTheSameName_InTheProjectItself_IsReportedThere()
    {
        var found = await Rules.Diagnostics(Rules.Document("#pragma warning disable CS0436\ninternal class Functions { }\nnamespace PluginHost { internal sealed class NoCapabilityAttribute(string why) : Attribute { public string Why => why; } }\n").Project);
        Assert.AreEqual("PHG020", found.Single().Id);
        Assert.IsTrue(found.Single().Location.IsInSource);
    }

    [TestMethod]
    public async Task ProjectWithoutTheHost_IsLeftAlone()
    {
        var engineOnly = Rules.References.Where(reference => !Path.GetFileNameWithoutExtension(reference.Display!).StartsWith("PluginHost", StringComparison.Ordinal) || Path.GetFileNameWithoutExtension(reference.Display!) == "PluginHost.Wasm").ToList();
        var compilation = CSharpCompilation.Create(
            "EngineOnly",
            [CSharpSyntaxTree.ParseText("using PluginHost.Wasm; public class A { public object B() => WasmModule.Decode(System.IO.File.ReadAllBytes(\"x\")); public object C() => new Store(); }")],
            engineOnly, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Assert.IsEmpty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList());

        Assert.IsEmpty(await compilation.WithAnalyzers(Rules.All).GetAnalyzerDiagnosticsAsync());
    }

    [TestMethod]
    public async Task OtherVersionOfTheHost_IsReported()
    {
        var host = Library("PluginHost", "[assembly: System.Reflection.AssemblyVersion(\"9.9.9.9\")] namespace PluginHost { public sealed class SkillHost { } }", Rules.References.Where(reference => !Path.GetFileName(reference.Display!).StartsWith("PluginHost", StringComparison.Ordinal)));
        var compilation = CSharpCompilation.Create(
            "Old", [CSharpSyntaxTree.ParseText("public class A { }")], [.. Rules.References.Where(reference => !Path.GetFileName(reference.Display!).StartsWith("PluginHost", StringComparison.Ordinal)), host], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var found = (await compilation.WithAnalyzers(Rules.All).GetAnalyzerDiagnosticsAsync()).Single();

        Assert.AreEqual("PHG020", found.Id);
        StringAssert.Contains(found.GetMessage(CultureInfo.InvariantCulture), "9.9.9.9");
    }

    [TestMethod]
    public Task Suppression_WithoutAReason_IsReported() => Rules.Report("""
        using System.Diagnostics.CodeAnalysis;

        internal class Functions
        {
            [{|PHG020:SuppressMessage("PluginHost.Capabilities", "PHG003")|}]
            [{|PHG020:SuppressMessage("PluginHost.Capabilities", "PHG004:x", Justification = " ")|}]
            [SuppressMessage("PluginHost.Capabilities", "PHG005", Justification = "measured")]
            [SuppressMessage("Usage", "CA1801")]
            public void One()
            {
        {|PHG020:#pragma warning disable PHG004|}
        #pragma warning restore PHG004
        #pragma warning disable PHG004 // the pattern is escaped above
        #pragma warning restore PHG004
        #pragma warning disable CS0168
        {|PHG020:#pragma warning disable|}
        #pragma warning restore
            }
        }
        """);

    [TestMethod]
    public void Rules_AreKnownByOneIdEach_HaveHelp_AndAreOn()
    {
        foreach (var rule in Rules.All.SelectMany(analyzer => analyzer.SupportedDiagnostics).GroupBy(rule => rule.Id))
        {
            Assert.IsTrue(rule.All(each => each.IsEnabledByDefault && each.HelpLinkUri.EndsWith($"docs/rules/{rule.Key}.md", StringComparison.Ordinal) && each.Category.StartsWith("PluginHost.", StringComparison.Ordinal)), rule.Key);
        }
    }

    [TestMethod]
    public void Capabilities_AreThoseOfTheHost()
    {
        var names = typeof(Capabilities.Capability).GetProperties().Where(property => property.PropertyType == typeof(Capabilities.Capability)).Select(property => ((Capabilities.Capability)property.GetValue(null)!).Name);
        CollectionAssert.AreEquivalent(names.ToList(), PluginHost.Analyzers.Rules.CapabilityDeclarationAnalyzer.Known.ToList());
    }

    [TestMethod]
    public void Analyzer_ThatThrows_IsSeenByTheseTests()
    {
        var compilation = CSharpCompilation.Create("X", [CSharpSyntaxTree.ParseText("class A { }")], Rules.References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var found = compilation.WithAnalyzers([new Thrower()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        Assert.AreEqual("AD0001", found.Single().Id);
    }

#pragma warning disable RS1001, RS1036 // no analyzer that is shipped
    private sealed class Thrower : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Rules.All[0].SupportedDiagnostics;

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterCompilationAction(_ => throw new InvalidOperationException());
        }
    }
#pragma warning restore RS1001, RS1036
}
