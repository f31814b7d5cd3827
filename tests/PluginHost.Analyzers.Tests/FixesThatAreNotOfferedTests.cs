namespace PluginHost.Analyzers.Tests;

/// <summary>Where a fix would not compile, or would change what the code does, none is offered.</summary>
[TestClass]
public sealed class FixesThatAreNotOfferedTests
{
    [TestMethod]
    public Task Await_InAFunctionThatReturnsATaskAlready() => Rules.NoFix("PHG016", Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public Task<string> One(string s, CancellationToken token)
        {
            var text = Task.FromResult(s).Result;
            return Task.FromResult(text);
        }
        """));

    [TestMethod]
    public Task Await_InALambdaThatIsNotTheFunction() => Rules.NoFix("PHG016", Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public string One(string[] names) => string.Join(",", names.Select(name => Task.FromResult(name).Result));
        """));

    [TestMethod]
    public Task Await_WhereSpansAreParameters() => Rules.NoFix("PHG016", """
        new HostFunctions().Add("a", [NoCapability("test")] (ReadOnlySpan<byte> input, HostFunctionCall call) => Task.FromResult(input.ToArray()).Result);
        """);

    [TestMethod]
    public Task Parameters_OfAFunctionThatOthersCall() => Rules.NoFix("PHG015", Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public async Task<string> One(string s)
        {
            await Task.Delay(1);
            return s;
        }

        public Task<string> Other() => One("x");
        """));

    [TestMethod]
    public Task Parameters_OfAFunctionThatAnInterfaceAsksFor() => Rules.NoFix("PHG002", """
        internal interface IReader
        {
            string One(string path);
        }

        internal class Functions : IReader
        {
            [HostFunction("a"), NoCapability("test")]
            public string One(string path) => File.ReadAllText(path);
        }
        """);

    [TestMethod]
    public Task Parameters_OfALambdaWhoseTypeIsGiven() => Rules.NoFix("PHG015", """
        Func<string, Task<string>> stored = [NoCapability("test")] async (string s) => await Task.FromResult(s);
        new HostFunctions().Add("a", stored);
        """);

    [TestMethod]
    public Task Files_WithNamedArguments() => Rules.NoFix("PHG002", Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public void One(string path, string text, HostFunctionCall call) => File.WriteAllText(contents: text, path: path);
        """));

    [TestMethod]
    public Task Removal_OfWhatIsNoOption() => Rules.NoFix("PHG011", Rules.Class("""
        private ConsentCallback? _consent;

        public void One() => _consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept);
        """));

    [TestMethod]
    public Task Bound_OfWhatTheSameStatementDeclares() => Rules.NoFix("PHG019", Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public object? One(string s)
        {
            if (int.TryParse(s, out var n) && new byte[n] is { } bytes)
            {
                return bytes;
            }

            return null;
        }
        """));

    [TestMethod]
    public Task Demand_OfSomethingElse_IsNotUsedForARequest() => Rules.NoFix("PHG005", Rules.Class("""
        private static readonly HttpClient Http = new();

        [HostFunction("a"), RequiresCapability("http.egress")]
        public async Task<string> One(string url, bool quick, HostFunctionCall call)
        {
            if (quick)
            {
                call.Demand(Capability.HttpEgress, url);
            }

            var key = call.Demand(Capability.Environment, "KEY");
            return await Http.GetStringAsync(url + key, call.Cancellation);
        }
        """));
}
