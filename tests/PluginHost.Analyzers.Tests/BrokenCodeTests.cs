using Microsoft.CodeAnalysis.CSharp;

namespace PluginHost.Analyzers.Tests;

/// <summary>Code as it is while somebody types, and code that is odd: no rule fails on it, and none takes for ever.</summary>
[TestClass]
public sealed class BrokenCodeTests
{
    private static async Task NothingThrows(string source)
    {
        var found = await Rules.OfBroken(Rules.Document(source).Project);
        Assert.IsFalse(found.Any(diagnostic => diagnostic.Id == "AD0001"), string.Join('\n', found.Where(diagnostic => diagnostic.Id == "AD0001")) + "\n" + source);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task Examples_FromWhichTokensWereTaken_MakeNoRuleFail(int seed)
    {
        var random = new Random(seed);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(PageTests.Root, "examples", "BypassedGate"), "*.cs").Order(StringComparer.Ordinal))
        {
            var tokens = (await CSharpSyntaxTree.ParseText(await File.ReadAllTextAsync(file)).GetRootAsync()).DescendantTokens().Select(token => token.ToFullString()).ToList();
            for (var trial = 0; trial < 10; trial++)
            {
                var changed = tokens.ToList();
                for (var times = random.Next(1, 6); times > 0; times--)
                {
                    var at = random.Next(changed.Count);
                    switch (random.Next(3))
                    {
                        case 0:
                            changed.RemoveAt(at);
                            break;
                        case 1:
                            changed.Insert(at, changed[random.Next(changed.Count)]);
                            break;
                        default:
                            changed[at] = tokens[random.Next(tokens.Count)];
                            break;
                    }
                }

                await NothingThrows(string.Concat(changed));
            }
        }
    }

    [TestMethod]
    [DataRow("internal class Functions { public SkillLimits One() => new() { CallTime = 'a', CallFuel = \"x\", ConcurrentCalls = }; }")]
    [DataRow("internal class Functions { [HostFunction] public string One(string s) => File.ReadAllText(; }")]
    [DataRow("internal class Functions { [HostFunction(\"a\")] public partial string One(string s); [HostFunction(\"b\")] extern int Two(); }")]
    [DataRow("new HostFunctions().Add(); new HostFunctions().Add(\"a\"); new HostFunctions().Add(\"a\", ); new HostFunctions().Add(null, null);")]
    [DataRow("internal class Functions { Action _a = () => { new HostFunctions().Add(\"x\", (string s) => File.ReadAllText(s)); }; Func<string, string> B { get; } = s => s; }")]
    [DataRow("internal class Functions(HostFunctions f) { private readonly int _x = Make(f); static int Make(HostFunctions f) { f.Add(\"a\", (string s, HostFunctionCall c) => c.Demand(Capability.HttpEgress, s)); return 1; } }")]
    [DataRow("internal class Functions { [HostFunction(\"a\"), NoCapability(\"x\")] public IEnumerable<string> One(int n) { for (var i = 0; i < n; i++) { yield return i.ToString(); } } [HostFunction(\"b\"), NoCapability(\"x\")] public async IAsyncEnumerable<int> Two(string s) { await foreach (var x in Two(s)) { yield return x; } } }")]
    [DataRow("internal class Functions { [HostFunction(\"a\"), NoCapability(\"x\")] public T One<T>(T value) where T : class { return One<T>(value) ?? (value is string { Length: > 3 } s ? One<T>(value) : value); } }")]
    public Task OddCode_MakesNoRuleFail(string source) => NothingThrows(source);

    [TestMethod]
    [Timeout(60_000)]
    public async Task VariableThatIsWrittenOften_IsFollowedOnce()
    {
        var writes = string.Concat(Enumerable.Range(0, 60).Select(_ => "args = args + other; other = other + args;\n"));
        await Rules.Silent(Rules.Class($$"""
            public void One(string args, string other)
            {
                var (one, two) = (args, other);
                {{writes.Replace("args", "one", StringComparison.Ordinal).Replace("other", "two", StringComparison.Ordinal)}}
                System.Diagnostics.Process.Start("tool", one);
            }
            """));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task HelpersThatCallEachOther_AreFollowedOnce()
    {
        var helpers = string.Concat(Enumerable.Range(0, 12).Select(i => $"private string H{i}(string s) => s.Length > 3 ? " + string.Join(" + ", Enumerable.Range(0, 12).Select(j => $"H{j}(s + {i})")) + " : s;\n"));
        await Rules.Silent(Rules.Class($$"""
            [HostFunction("a"), NoCapability("test")]
            public string One(string s) => H0(H1(H2(H3(s))));

            {{helpers}}
            """));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task LongBodies_AreFollowedInTime()
    {
        var body = string.Concat(Enumerable.Range(0, 400).Select(i => $"if (s.Length > {i}) {{ try {{ s = s.Replace(\"a\", s + {i}); }} catch (FormatException) {{ s += \"x\"; }} }}\n"));
        await Rules.Silent(Rules.Class($$"""
            [HostFunction("a"), NoCapability("test")]
            public string One(string s)
            {
                {{body}}
                return s;
            }
            """));
    }
}
