namespace PluginHost.Analyzers.Tests;

/// <summary>PHG013, PHG015 and PHG016: host functions end, can be told to, and do not block.</summary>
[TestClass]
public sealed class HostFunctionBehaviourTests
{
    private const string Head = "[HostFunction(\"a\"), NoCapability(\"test\")]\n";

    [TestMethod]
    public Task WorkThatGoesOn_IsReported() => Rules.Report(Rules.Class("""
        private HostFunctionCall? _call;
        private Task? _task;
        private Action? _later;
        private string _text = "";
        private readonly List<Task> _tasks = [];

        [HostFunction("a"), NoCapability("test")]
        public async void {|PHG013:Void|}(CancellationToken token) => await Task.Delay(1, token);

        [HostFunction("b"), NoCapability("test")]
        public void Dropped(HostFunctionCall call)
        {
            {|PHG013:Task.Run(() => 1)|};
            _ = {|PHG013:Task.Run(() => 1)|};
            {|PHG013:Later()|};
            ThreadPool.GetAvailableThreads(out _, out _);
            {|PHG013:ThreadPool.QueueUserWorkItem(_ => { })|};
            {|PHG013:new Thread(() => { })|}.Start();
            using var timer = {|PHG013:new Timer(_ => { })|};
            {|PHG013:_call = call|};
            {|PHG013:_task = Later()|};
            {|PHG013:_later = () => Console.WriteLine(call.Tool)|};
            var forgotten = {|PHG013:Later()|};
            _text = call.Tool;
            _ = {|PHG013:Later().ConfigureAwait(false)|};
            {|PHG013:new Task(() => { }).Start()|};
            _tasks.Add({|PHG013:Later()|});
            new List<string>().ForEach({|PHG013:async text => await Later()|});
            _task = Task.FromResult(1);
            new List<Task>().Add(Task.CompletedTask);
        }

        [HostFunction("c"), NoCapability("test")]
        public async Task<int> Fine(CancellationToken token)
        {
            await Later();
            var later = Task.Run(() => 1, token);
            _ = Task.CompletedTask;
            var both = Task.WhenAll(later, Later());
            await both;
            return await later;
        }

        [HostFunction("d"), NoCapability("test")]
        public Task Returned(CancellationToken token) => Task.Delay(1, token);

        private static Task Later() => Task.Delay(1);
        """));

    [TestMethod]
    public Task WorkThatGoesOn_Fix_Awaits() => Rules.Fix(
        "PHG013",
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public async void One(CancellationToken token)
            {
                _ = Task.Run(() => 1, token);
                Task.Delay(1, token);
                await Task.Yield();
            }
            """),
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public async ValueTask One(CancellationToken token)
            {
                await Task.Run(() => 1, token);
                await Task.Delay(1, token);
                await Task.Yield();
            }
            """));

    [TestMethod]
    public Task WaitWithoutAToken_IsReported() => Rules.Report("""
        var http = new HttpClient();
        var functions = new HostFunctions();
        functions.Add("a", {|PHG015:[NoCapability("test")] async (string s) => |}await Task.FromResult(s));
        functions.Add("b", [NoCapability("test")] async (string s, CancellationToken token) => await Task.FromResult(s));
        functions.Add("c", [NoCapability("test")] async (string s, HostFunctionCall call) => await Task.Delay(1, call.Cancellation));
        functions.Add("d", [NoCapability("test")] (string s) => Task.FromResult(s));
        functions.Add("e", [NoCapability("test")] (string s) => ValueTask.CompletedTask);
        functions.Add("f", {|PHG015:[NoCapability("test")] (string s) => |}Later(s));
        functions.Add("g", [NoCapability("test")] (string s, HostFunctionCall call) => Passed(s, call));

        static async Task<string> Later(string s) => await Task.FromResult(s);
        static async Task<string> Passed(string s, HostFunctionCall call) => await Task.FromResult(s);
        """);

    [TestMethod]
    public Task WaitWithoutAToken_Fix_TakesAndPassesOne() => Rules.Fix(
        "PHG015",
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public async Task<string> One(string s)
            {
                await Task.Delay(1);
                return await Later(s);
            }

            private static Task<string> Later(string s, CancellationToken token = default) => Task.FromResult(s);
            """),
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public async Task<string> One(string s, CancellationToken cancellationToken)
            {
                await Task.Delay(1, cancellationToken);
                return await Later(s, cancellationToken);
            }

            private static Task<string> Later(string s, CancellationToken token = default) => Task.FromResult(s);
            """));

    [TestMethod]
    public Task Blocking_IsReported() => Rules.Report(Rules.Class(Head + """
        public string One(SemaphoreSlim gate, CancellationToken token)
        {
            {|PHG016:Thread.Sleep(1)|};
            {|PHG016:Later().Wait()|};
            {|PHG016:gate.Wait(token)|};
            {|PHG016:Task.WaitAll(Later())|};
            {|PHG016:Later().GetAwaiter().GetResult()|};
            if (gate.Wait(0))
            {
                gate.Release();
            }

            var done = Later();
            var now = done.IsCompletedSuccessfully ? done.Result : "";
            return {|PHG016:Later().Result|} + now + new Answer().Result;
        }

        [HostFunction("b"), NoCapability("test")]
        public async Task<string> Two(CancellationToken token)
        {
            var (one, other) = (Later(), Later());
            await Task.WhenAll(one, other);
            var third = Later();
            await third;
            var awaiter = Later().GetAwaiter();
            {|PHG016:awaiter.GetResult()|};
            await third.ContinueWith(task => task.Result, token);
            return one.Result + other.Result + third.Result;
        }

        private static Task<string> Later() => Task.FromResult("");

        private sealed class Answer
        {
            public string Result => "";
        }
        """));

    [TestMethod]
    public Task Blocking_Fix_Awaits() => Rules.Fix(
        "PHG016",
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public string One(string s, CancellationToken token)
            {
                Thread.Sleep(1);
                Later().Wait();
                return Later().Result + Later().GetAwaiter().GetResult();
            }

            private static Task<string> Later() => Task.FromResult("");
            """),
        Rules.Class("""
            [HostFunction("a"), NoCapability("test")]
            public async Task<string> One(string s, CancellationToken token)
            {
                await Task.Delay(1);
                await Later();
                return await Later() + await Later();
            }

            private static Task<string> Later() => Task.FromResult("");
            """));

    [TestMethod]
    public Task Blocking_Fix_OfALambda() => Rules.Fix(
        "PHG016",
        """
        var functions = new HostFunctions();
        functions.Add("a", [NoCapability("test")] (string s, CancellationToken token) => Task.FromResult(s).Result);
        """,
        """
        var functions = new HostFunctions();
        functions.Add("a", [NoCapability("test")] async (string s, CancellationToken token) => await Task.FromResult(s));
        """);
}
