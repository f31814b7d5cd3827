namespace PluginHost.Analyzers.Tests;

/// <summary>PHG002 and PHG003.</summary>
[TestClass]
public sealed class AmbientIoTests
{
    private const string Head = "[HostFunction(\"a\"), NoCapability(\"test\")]\n";

    [TestMethod]
    [DataRow("File.ReadAllText(\"/etc/prices\")")]
    [DataRow("Directory.GetCurrentDirectory()")]
    [DataRow("Environment.MachineName")]
    [DataRow("Environment.GetEnvironmentVariable(\"HOME\")")]
    [DataRow("System.Diagnostics.Process.GetCurrentProcess()")]
    [DataRow("System.Net.Dns.GetHostName()")]
    [DataRow("new HttpClient()")]
    [DataRow("new HttpClient().BaseAddress")]
    [DataRow("new FileStream(\"x\", FileMode.Open)")]
    [DataRow("new StreamReader(\"x\")")]
    [DataRow("Path.GetTempFileName()")]
    [DataRow("System.Xml.Linq.XDocument.Load(\"x\")")]
    [DataRow("System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(\"x\")")]
    [DataRow("new FileInfo(\"x\")")]
    [DataRow("new System.Net.Sockets.TcpClient()")]
    [DataRow("new Derived()")]
    public Task Use_InAHostFunction_IsReported(string use) => Rules.Report(Rules.Class(Head + $$"""
        public object? One() => {|PHG002:{{use}}|};

        private sealed class Derived : HttpClient;
        """));

    [TestMethod]
    [DataRow("Path.Combine(\"a\", \"b\")")]
    [DataRow("nameof(File.ReadAllText)")]
    [DataRow("typeof(File).Name")]
    [DataRow("Environment.NewLine")]
    [DataRow("Environment.TickCount64")]
    [DataRow("new List<FileInfo>()")]
    [DataRow("new StreamReader(new MemoryStream())")]
    [DataRow("new MemoryStream().Length")]
    [DataRow("System.Xml.Linq.XDocument.Load(new StringReader(\"<a/>\"))")]
    public Task Harmless_IsNot(string use) => Rules.Silent(Rules.Class(Head + $"public object One() => {use};"));

    [TestMethod]
    public Task MethodReference_LambdaInside_LocalFunction_AndEvent_AreReported() => Rules.Report(Rules.Class(Head + """
        public string One(HostFunctionCall call)
        {
            Func<string, string> read = {|PHG002:File.ReadAllText|};
            Func<string> later = () => {|PHG002:File.ReadAllText("x")|};
            return Local();

            string Local() => {|PHG002:File.ReadAllText("y")|};
        }
        """));

    [TestMethod]
    public Task WhatAChainBeginsWith_IsReported() => Rules.Report(Rules.Class(Head + """
        public string One() => {|PHG002:new StreamReader("/etc/passwd")|}.ReadToEnd();

        [HostFunction("b"), NoCapability("test")]
        public void Two(Stream into) => {|PHG002:new FileStream("/etc/shadow", FileMode.Open)|}.CopyTo(into);

        [HostFunction("c"), NoCapability("test")]
        public void Three(string text) => {|PHG003:Sink|} = text;

        private static string Sink
        {
            set => File.WriteAllText("x", value);
        }
        """));

    [TestMethod]
    public Task PlatformInvoke_IsReported() => Rules.Report(Rules.Class(Head + """
        public int One() => {|PHG002:getpid()|};

        [System.Runtime.InteropServices.DllImport("libc")]
        private static extern int getpid();
        """));

    [TestMethod]
    public Task Lambda_ThatIsRegistered_IsLookedAt() => Rules.Report("""
        var functions = new HostFunctions();
        functions.Add("a", [NoCapability("test")] (string s) => {|PHG002:File.ReadAllText("x")|});
        functions.Add("b", [NoCapability("test")] (input, call) => {|PHG002:File.ReadAllBytes("x")|});
        functions.Add("c", Read);
        File.ReadAllText("y");

        [NoCapability("test")] static string Read(string s) => {|PHG002:File.ReadAllText("x")|};
        """);

    [TestMethod]
    public Task MethodOfAnotherFile_ThatIsRegistered_IsLookedAt() => Rules.Report(
        """
        new HostFunctions().Add("a", Other.Read);
        """ + "\n#pragma warning disable PHG002 // reported in the other file, which this harness tells apart\n",
        "internal static class Other\n{\n#pragma warning disable PHG002 // expected\n[NoCapability(\"x\")] public static string Read(string s) => File.ReadAllText(\"x\");\n}");

    [TestMethod]
    public Task Network_ThatIsDemanded_IsNot_AndFilesAreReadThroughTheSkills() => Rules.Report(Rules.Class("""
        private readonly HttpClient _http = new();

        [HostFunction("a"), RequiresCapability("http.egress")]
        public Task<string> One(string url, HostFunctionCall call) => _http.GetStringAsync(call.Demand(Capability.HttpEgress, url), call.Cancellation);

        [HostFunction("b"), RequiresCapability("filesystem.read")]
        public string Two(string path, HostFunctionCall call) => call.Files.ReadAllText(path);

        [HostFunction("c"), RequiresCapability("filesystem.read")]
        public string Three(string path, HostFunctionCall call) => {|PHG002:File.ReadAllText(call.Demand(Capability.FilesystemRead, path))|};

        [HostFunction("d"), RequiresCapability("clock")]
        public Task<string> Four(HostFunctionCall call)
        {
            call.Demand(Capability.Clock, "now");
            return {|PHG002:_http.GetStringAsync("https://a.test", call.Cancellation)|};
        }
        """));

    [TestMethod]
    public Task Helper_IsReported_AtItsCall() => Rules.Report(Rules.Class(Head + """
        public string One(string s) => {|PHG003:Read()|};

        [HostFunction("b"), NoCapability("test")]
        public string Two(string s) => {|PHG003:First()|};

        [HostFunction("c"), NoCapability("test")]
        public string Three(string s) => Pure(s);

        private string First() => Second();

        private string Second() => Read();

        private static string Read() => File.ReadAllText("x");

        private static string Pure(string s) => Path.GetFileName(s) + Pure2(s);

        private static string Pure2(string s) => s.Length > 3 ? Pure(s) : s;
        """));

    [TestMethod]
    public Task Helper_ThatDemands_IsNot() => Rules.Silent(Rules.Class("""
        private readonly HttpClient _http = new();

        [HostFunction("a"), RequiresCapability("http.egress")]
        public Task<string> One(string url, HostFunctionCall call) => Fetch(url, call);

        private Task<string> Fetch(string url, HostFunctionCall call) => _http.GetStringAsync(call.Demand(Capability.HttpEgress, url), call.Cancellation);
        """));

    [TestMethod]
    public Task Constructor_Property_AndMethodGroup_OfAHelper_AreFollowed() => Rules.Report(Rules.Class(Head + """
        public string One() => {|PHG003:new Reader()|}.ToString()!;

        [HostFunction("b"), NoCapability("test")]
        public string Two() => {|PHG003:Setting|};

        [HostFunction("c"), NoCapability("test")]
        public IEnumerable<string> Three(string[] names) => names.Select({|PHG003:Read|});

        private static string Setting => Environment.GetEnvironmentVariable("X") ?? "";

        private static string Read(string s) => File.ReadAllText("x");

        private sealed class Reader
        {
            public Reader() => File.Delete("x");
        }
        """));

    [TestMethod]
    public Task Fix_ReadsThroughTheSkillsFiles() => Rules.Fix(
        "PHG002",
        Rules.Class("""
            [HostFunction("a"), RequiresCapability("filesystem.read")]
            public string One(string path, HostFunctionCall context) => File.ReadAllText(path);

            [HostFunction("b"), RequiresCapability("filesystem.write")]
            public void Two(string path, string text) => File.WriteAllText(path, text);

            [HostFunction("c"), RequiresCapability("filesystem.read")]
            public async Task<byte[]> Three(string path, CancellationToken token)
            {
                await Task.Delay(1, token);
                return await File.ReadAllBytesAsync(path, token);
            }
            """),
        Rules.Class("""
            [HostFunction("a"), RequiresCapability("filesystem.read")]
            public string One(string path, HostFunctionCall context) => context.Files.ReadAllText(path);

            [HostFunction("b"), RequiresCapability("filesystem.write")]
            public void Two(string path, string text, HostFunctionCall call) => call.Files.WriteAllText(path, text);

            [HostFunction("c"), RequiresCapability("filesystem.read")]
            public async Task<byte[]> Three(string path, CancellationToken token, HostFunctionCall call)
            {
                await Task.Delay(1, token);
                return call.Files.ReadAllBytes(path);
            }
            """));

    [TestMethod]
    public Task Fix_IsNotOffered_WhereItWouldLoseSomething() => Rules.NoFix("PHG002", Rules.Class(Head + """
        public string One(string path, HostFunctionCall call) => File.ReadAllText(path, System.Text.Encoding.Latin1) + File.Exists(path);
        """));
}
