using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;
using PluginHost.Analyzers.CodeFixes;
using PluginHost.Analyzers.Rules;

namespace PluginHost.Analyzers.Tests;

/// <summary>Compiles host code against the host and asks every rule about it.</summary>
internal static class Rules
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using PluginHost;
        global using PluginHost.Capabilities;
        global using PluginHost.Skills;
        """;

    public static ImmutableArray<DiagnosticAnalyzer> All { get; } =
        [.. typeof(AmbientIoAnalyzer).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    public static ImmutableArray<CodeFixProvider> Fixes { get; } =
        [.. typeof(RuleFix).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(CodeFixProvider))).Select(type => (CodeFixProvider)Activator.CreateInstance(type)!)];

    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) is var name && !name.StartsWith("PluginHost.Analyzers", StringComparison.Ordinal) && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.VisualStudio", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Asserts that exactly what is marked is reported, in the first file.</summary>
    public static async Task Report(string marked, params string[] others)
    {
        var source = MarkedSource.Parse(marked);
        var document = Document(source.Text, others);
        var text = await document.GetTextAsync();
        var found = (await Diagnostics(document.Project)).Select(Show(text)).Order(StringComparer.Ordinal);
        var expected = source.Expected.Select(each => $"{text.Lines.GetLinePosition(each.Start)}-{text.Lines.GetLinePosition(each.Start + each.Length)} {each.Id}").Order(StringComparer.Ordinal);
        Assert.AreEqual(string.Join('\n', expected), string.Join('\n', found.Select(each => each.Split('|')[0])), string.Join('\n', found));
    }

    /// <summary>Asserts that nothing is reported.</summary>
    public static Task Silent(string source, params string[] others) => Report(source, others);

    /// <summary>The body of a class with a host function, as most cases are.</summary>
    public static string Class(string members) => "internal class Functions\n{\n" + string.Join('\n', members.ReplaceLineEndings("\n").Split('\n').Select(line => line.Length == 0 ? line : "    " + line)) + "\n}\n";

    /// <summary>Asserts what all fixes that are offered for a rule make of a text, one after the other, and at once.</summary>
    public static async Task Fix(string id, string before, string after)
    {
        var one = await Apply(Document(before), id, all: false);
        Assert.AreEqual(Normal(after), Normal(one));
        var all = await Apply(Document(before), id, all: true);
        Assert.AreEqual(Normal(after), Normal(all), "all at once");
    }

    /// <summary>Asserts that none is offered.</summary>
    public static async Task NoFix(string id, string source)
    {
        var document = Document(source);
        var diagnostics = (await Diagnostics(document.Project)).Where(diagnostic => diagnostic.Id == id).ToList();
        Assert.IsNotEmpty(diagnostics, "nothing to fix");
        foreach (var diagnostic in diagnostics)
        {
            Assert.IsEmpty(await Actions(document, diagnostic));
        }
    }

    public static async Task<ImmutableArray<Diagnostic>> Diagnostics(Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var errors = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.IsEmpty(errors, string.Join('\n', errors));
        return await OfBroken(project);
    }

    /// <summary>What is reported of code that need not compile, as it is while somebody types.</summary>
    public static async Task<ImmutableArray<Diagnostic>> OfBroken(Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers(All, new CompilationWithAnalyzersOptions(project.AnalyzerOptions, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false)).GetAnalyzerDiagnosticsAsync();
    }

    public static Document Document(string source, params string[] others) => Document(source, References, others);

    public static Document Document(string source, IEnumerable<MetadataReference> references, params string[] others)
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var isProgram = !source.Contains("class ", StringComparison.Ordinal) || source.Contains("await using var host", StringComparison.Ordinal) && !source.Contains("class Functions", StringComparison.Ordinal);
        var solution = workspace.CurrentSolution.AddProject(ProjectInfo.Create(
            id, VersionStamp.Default, "Case", "Case", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["DEBUG"]),
            metadataReferences: references));
        var main = DocumentId.CreateNewId(id);
        solution = solution.AddDocument(main, "Case.cs", SourceText.From(source)).AddDocument(DocumentId.CreateNewId(id), "Usings.cs", SourceText.From(Usings));
        solution = others.Select((other, at) => (other, at)).Aggregate(solution, (now, pair) => now.AddDocument(DocumentId.CreateNewId(id), $"Other{pair.at}.cs", SourceText.From(pair.other)));
        return solution.GetDocument(main)!;
    }

    private static Func<Diagnostic, string> Show(SourceText text) => diagnostic => diagnostic.Location.SourceTree?.FilePath is { } path && path.Contains("Case", StringComparison.Ordinal)
        ? $"{text.Lines.GetLinePosition(diagnostic.Location.SourceSpan.Start)}-{text.Lines.GetLinePosition(diagnostic.Location.SourceSpan.End)} {diagnostic.Id}| {diagnostic.GetMessage(CultureInfo.InvariantCulture)}"
        : $"elsewhere {diagnostic.Id}| {diagnostic.GetMessage(CultureInfo.InvariantCulture)} {diagnostic.Location}";

    private static async Task<List<CodeAction>> Actions(Document document, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        foreach (var fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        }

        return actions;
    }

    private static async Task<string> Apply(Document document, string id, bool all)
    {
        for (var rounds = 0; rounds < 10; rounds++)
        {
            CodeAction? action = null;
            foreach (var diagnostic in (await Diagnostics(document.Project)).Where(diagnostic => diagnostic.Id == id).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
            {
                action = (await Actions(document, diagnostic)).FirstOrDefault();
                if (action is not null)
                {
                    break;
                }
            }

            if (action is null)
            {
                break;
            }

            if (all)
            {
                var fix = Fixes.Single(each => each.FixableDiagnosticIds.Contains(id));
                action = await fix.GetFixAllProvider()!.GetFixAsync(new FixAllContext(document, fix, FixAllScope.Document, action.EquivalenceKey, [id], new Found(), CancellationToken.None));
            }

            var operations = await action!.GetOperationsAsync(CancellationToken.None);
            document = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
            document = await Simplifier.ReduceAsync(document);
            document = await Formatter.FormatAsync(document, Formatter.Annotation);
        }

        await Diagnostics(document.Project);
        return (await document.GetTextAsync()).ToString();
    }

    private static string Normal(string text) => text.ReplaceLineEndings("\n").Trim();

    private sealed class Found : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await Diagnostics(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await Diagnostics(document.Project)).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => (await Diagnostics(project)).Where(diagnostic => !diagnostic.Location.IsInSource);
    }
}
