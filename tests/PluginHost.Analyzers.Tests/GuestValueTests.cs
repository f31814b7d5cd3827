namespace PluginHost.Analyzers.Tests;

/// <summary>PHG004 and PHG005: values are followed to where they are used.</summary>
[TestClass]
public sealed class GuestValueTests
{
    private static string Function(string body, string members = "") => Rules.Class($$"""
        private static readonly HttpClient Http = new();
        private static readonly HashSet<string> Allowed = [];
        private static readonly string[] Names = ["https://a.test"];
        private static readonly Dictionary<string, string> Table = [];
        private string _field = "";

        [HostFunction("a"), RequiresCapability("http.egress")]
        public async Task<string> One(string url, string other, int number, bool quick, HostFunctionCall call)
        {
        {{body}}
        }

        {{members}}

        public sealed record Request(string Url);
        """.TrimEnd());

    private const string Get = "return await Http.GetStringAsync(";

    [TestMethod]
    [DataRow(Get + "call.Demand(Capability.HttpEgress, url), call.Cancellation);", DisplayName = "result of the demand")]
    [DataRow("call.Demand(Capability.HttpEgress, url); " + Get + "url, call.Cancellation);", DisplayName = "same value after the demand")]
    [DataRow("var granted = call.Demand(Capability.HttpEgress, url + \"/x\"); " + Get + "granted, call.Cancellation);", DisplayName = "made first, demanded then")]
    [DataRow("var copy = url; call.Demand(Capability.HttpEgress, copy); " + Get + "copy, call.Cancellation);", DisplayName = "copy before")]
    [DataRow("call.Demand(Capability.HttpEgress, url); var copy = url; " + Get + "copy, call.Cancellation);", DisplayName = "copy after")]
    [DataRow("call.Demand(Capability.HttpEgress, url); " + Get + "new Uri(url), call.Cancellation);", DisplayName = "wrapped")]
    [DataRow("call.Demand(Capability.HttpEgress, $\"POST {url}\"); await Http.PostAsync(url, new StringContent(other), call.Cancellation); return \"\";", DisplayName = "with its method")]
    [DataRow("call.Demand(Capability.HttpEgress, \"GET \" + url); " + Get + "url, call.Cancellation);", DisplayName = "with its method, added")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); " + Get + "$\"https://a.test/{number}\", call.Cancellation);", DisplayName = "number")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); " + Get + "$\"https://a.test/{int.Parse(url)}\", call.Cancellation);", DisplayName = "parsed number")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); var target = url switch { \"a\" => \"https://a.test\", _ => \"https://b.test\" }; " + Get + "target, call.Cancellation);", DisplayName = "chosen among constants")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (url != \"https://a.test\") { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "compared with a constant")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (url is not (\"https://a.test\" or \"https://b.test\")) { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "one of some constants")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (!Allowed.Contains(url)) { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "in a list of the host's")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, url); } else { call.Demand(Capability.HttpEgress, url); } " + Get + "url, call.Cancellation);", DisplayName = "on both ways")]
    [DataRow("try { call.Demand(Capability.HttpEgress, url); } catch (FormatException) { throw; } " + Get + "url, call.Cancellation);", DisplayName = "handler that throws")]
    [DataRow("Check(url, call); " + Get + "url, call.Cancellation);", DisplayName = "demanded by a helper")]
    [DataRow("var message = new HttpRequestMessage(HttpMethod.Post, call.Demand(Capability.HttpEgress, url)) { Content = new StringContent(other) }; await Http.SendAsync(message, call.Cancellation); return \"\";", DisplayName = "message whose body is the guest's")]
    [DataRow("var fetch = await Fetch(url, call); return fetch;", DisplayName = "helper that demands and uses")]
    [DataRow("url = quick ? call.Demand(Capability.HttpEgress, url) : \"https://a.test\"; " + Get + "url, call.Cancellation);", DisplayName = "demanded on the one way, written here on the other")]
    [DataRow("var target = \"https://a.test\"; if (quick) { target = call.Demand(Capability.HttpEgress, url); } " + Get + "target, call.Cancellation);", DisplayName = "the same with a statement")]
    [DataRow("call.Demand(Capability.HttpEgress, url); Func<string> no = () => throw new InvalidOperationException(); " + Get + "url, call.Cancellation);", DisplayName = "a lambda that never returns")]
    [DataRow("Local(url); " + Get + "url, call.Cancellation); void Local(string u) => call.Demand(Capability.HttpEgress, u);", DisplayName = "demanded by a local function")]
    [DataRow(Get + "Granted(url), call.Cancellation); string Granted(string u) => call.Demand(Capability.HttpEgress, u);", DisplayName = "returned by a local function that demands")]
    [DataRow("if (url.Length > 9) { Fail(); } call.Demand(Capability.HttpEgress, url); " + Get + "url, call.Cancellation); void Fail() => throw new ArgumentException();", DisplayName = "a local function that never returns")]
    [DataRow("var uri = new Uri(url); call.Demand(Capability.HttpEgress, uri.AbsoluteUri); " + Get + "uri, call.Cancellation);", DisplayName = "the text of what is used")]
    [DataRow("Uri.TryCreate(call.Demand(Capability.HttpEgress, url), UriKind.Absolute, out var made); " + Get + "made, call.Cancellation);", DisplayName = "made of what was demanded")]
    [DataRow("var request = new Request(url); call.Demand(Capability.HttpEgress, request.Url); " + Get + "request.Url, call.Cancellation);", DisplayName = "a member")]
    [DataRow("var request = new Request(call.Demand(Capability.HttpEgress, url)); " + Get + "request.Url, call.Cancellation);", DisplayName = "a record of what was demanded")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (!Names.Contains(url)) { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "in an array of the host's")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (!string.Equals(url, \"https://a.test\", StringComparison.Ordinal)) { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "static equality")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (!Table.TryGetValue(url, out var found)) { return \"\"; } " + Get + "found, call.Cancellation);", DisplayName = "looked up in a table")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); switch (url) { case \"a\": case \"b\": break; default: throw new ArgumentException(); } " + Get + "url, call.Cancellation);", DisplayName = "a switch statement over constants")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); url = url switch { \"a\" or \"b\" => url, _ => throw new ArgumentException() }; " + Get + "url, call.Cancellation);", DisplayName = "a switch that gives itself back")]
    [DataRow("var uri = new Uri(url); call.Demand(Capability.HttpEgress, uri.ToString()); " + Get + "uri, call.Cancellation);", DisplayName = "shown")]
    [DataRow("call.Demand(Capability.HttpEgress, \"x\"); if (!StringComparer.OrdinalIgnoreCase.Equals(\"https://a.test\", url)) { return \"\"; } " + Get + "url, call.Cancellation);", DisplayName = "equal by a comparer")]
    public Task Correct_IsSilent(string body) => Rules.Silent(Function(body, """
        private static void Check(string url, HostFunctionCall call) => Deeper(url, call);

        private static void Deeper(string url, HostFunctionCall call) => call.Demand(Capability.HttpEgress, url);

        private static Task<string> Fetch(string url, HostFunctionCall call) => Http.GetStringAsync(call.Demand(Capability.HttpEgress, url), call.Cancellation);
        """));

    [TestMethod]
    [DataRow("if (!quick) { call.Demand(Capability.HttpEgress, url); } " + Get + "{|PHG004:url|}, call.Cancellation);", DisplayName = "one way only")]
    [DataRow("try { call.Demand(Capability.HttpEgress, url); } catch (FormatException) { } " + Get + "{|PHG004:url|}, call.Cancellation);", DisplayName = "a demand that threw")]
    [DataRow("foreach (var each in other.Split(',')) { call.Demand(Capability.HttpEgress, url); } " + Get + "{|PHG004:url|}, call.Cancellation);", DisplayName = "a loop that may not turn")]
    [DataRow("if (quick) { " + Get + "{|PHG004:url|}, call.Cancellation); } " + Get + "call.Demand(Capability.HttpEgress, url), call.Cancellation);", DisplayName = "before the demand")]
    [DataRow("var run = () => Http.GetStringAsync({|PHG004:url|}, call.Cancellation); if (quick) { call.Demand(Capability.HttpEgress, url); } return await run();", DisplayName = "in a lambda")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, url); } return await Local(); Task<string> Local() => Http.GetStringAsync({|PHG004:url|}, call.Cancellation);", DisplayName = "in a local function")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, url); } return await {|PHG004:Fetch(url, call)|};", DisplayName = "in a helper two calls deep")]
    [DataRow("_field = url; if (quick) { call.Demand(Capability.HttpEgress, other); } " + Get + "{|PHG004:_field|}, call.Cancellation);", DisplayName = "through a field")]
    [DataRow("_field = url; if (quick) { call.Demand(Capability.HttpEgress, other); } return await {|PHG004:UseField(call)|};", DisplayName = "through a field and a helper")]
    [DataRow("if (url.StartsWith(\"https://a.test\")) { if (quick) { call.Demand(Capability.HttpEgress, other); } " + Get + "{|PHG004:url|}, call.Cancellation); } return \"\";", DisplayName = "a prefix is no demand")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, other); } var (a, b) = (url, 1); " + Get + "{|PHG004:a|}, call.Cancellation);", DisplayName = "through a tuple")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, other); } var parts = new[] { url }; " + Get + "{|PHG004:parts[0]|}, call.Cancellation);", DisplayName = "through an array")]
    [DataRow("if (quick) { call.Demand(Capability.HttpEgress, other); } Uri.TryCreate(url, UriKind.Absolute, out var made); " + Get + "{|PHG004:made|}, call.Cancellation);", DisplayName = "through an out parameter")]
    public Task NotDemandedOnEveryWay_IsReported(string body) => Rules.Report(Function(body, """
        private static Task<string> Fetch(string url, HostFunctionCall call) => Deeper("https://" + url, call);

        private static Task<string> Deeper(string url, HostFunctionCall call) => Http.GetStringAsync(url, call.Cancellation);

        private Task<string> UseField(HostFunctionCall call) => Http.GetStringAsync(_field, call.Cancellation);
        """));

    [TestMethod]
    [DataRow("call.Demand(Capability.HttpEgress, url); url += \"/admin\"; " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "changed after")]
    [DataRow("call.Demand(Capability.HttpEgress, url.ToLowerInvariant()); " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "changed for the demand")]
    [DataRow("call.Demand(Capability.HttpEgress, url); " + Get + "{|PHG005:other|}, call.Cancellation);", DisplayName = "another")]
    [DataRow("call.Demand(Capability.HttpEgress, url); " + Get + "{|PHG005:url + \"/x\"|}, call.Cancellation);", DisplayName = "made longer")]
    [DataRow("call.Demand(Capability.HttpEgress, url); for (var i = 0; i < 2; i++) { await Http.GetStringAsync({|PHG005:url|}, call.Cancellation); url = other; } return url;", DisplayName = "changed in a loop")]
    [DataRow("call.Demand(Capability.HttpEgress, url); url += quick ? \"/admin\" : \"\"; " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "changed by a choice")]
    [DataRow("call.Demand(Capability.HttpEgress, url); url = quick ? other : url; " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "one of two")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); string? t = null; t ??= url; " + Get + "{|PHG005:t|}, call.Cancellation);", DisplayName = "where there was nothing")]
    [DataRow("call.Demand(Capability.HttpEgress, url); " + Get + "{|PHG005:Target()|}, call.Cancellation); string Target() => url + \"/admin\";", DisplayName = "made by a local function")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); await Task.WhenAll(url.Split(',').Select(u => Http.GetStringAsync({|PHG005:u|}, call.Cancellation))); return \"\";", DisplayName = "parameter of a lambda")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); if (url is { Length: > 0 } target) { " + Get + "{|PHG005:target|}, call.Cancellation); } return \"\";", DisplayName = "declared by a pattern")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); var b = new System.Text.StringBuilder(\"https://\"); b.Append(url); " + Get + "{|PHG005:b.ToString()|}, call.Cancellation);", DisplayName = "built")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); var l = new List<string> { url }; " + Get + "{|PHG005:l[0]|}, call.Cancellation);", DisplayName = "from a list")]
    [DataRow("call.Demand(Capability.HttpEgress, url); try { await Task.Yield(); } finally { url = other; } " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "changed in the end")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); call.Demand(Capability.Log, url); " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "demanded for something else")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); foreach (var each in Paths(url)) { await Http.GetStringAsync({|PHG005:each|}, call.Cancellation); } return \"\"; IEnumerable<string> Paths(string p) { yield return p; }", DisplayName = "from an iterator")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); var pumping = Pump(); if (quick) { await pumping; } " + Get + "{|PHG005:url|}, call.Cancellation); async Task Pump() { while (true) { await Task.Delay(1); } }", DisplayName = "after something that goes on for ever")]
    [DataRow("call.Demand(Capability.HttpEgress, \"https://a.test\"); if (!StringComparer.Ordinal.Equals(url, other)) { return \"\"; } " + Get + "{|PHG005:url|}, call.Cancellation);", DisplayName = "equal to another that the skill chose")]
    public Task OtherThanDemanded_IsReported(string body) => Rules.Report(Function(body));

    [TestMethod]
    public Task Pattern_AndQuery_AreSinks() => Rules.Report(Rules.Class("""
        [HostFunction("a"), NoCapability("test")]
        public bool One(string pattern, string text) => System.Text.RegularExpressions.Regex.IsMatch("x", {|PHG004:pattern|}) && new System.Text.RegularExpressions.Regex({|PHG004:pattern|}) != null;

        [HostFunction("b"), NoCapability("test")]
        public void Two(string name, System.Data.Common.DbCommand command)
        {
            command.CommandText = {|PHG004:$"select * from t where name = '{name}'"|};
        }

        [HostFunction("c"), NoCapability("test")]
        public void Three(string name)
        {
            System.Data.Common.DbCommand command = null!;
            command.CommandText = "select * from t where name = @name";
            command.Parameters.Add(name);
        }
        """));

    [TestMethod]
    public Task Lambda_ThatIsRegistered_IsFollowed() => Rules.Report("""
        var http = new HttpClient();
        var functions = new HostFunctions();
        functions.Add("a", [RequiresCapability("http.egress")] async (string url, HostFunctionCall call) =>
        {
            call.Demand(Capability.HttpEgress, url);
            return await http.GetStringAsync({|PHG005:url + "x"|}, call.Cancellation);
        });
        functions.Add("b", [RequiresCapability("http.egress")] async (string url, HostFunctionCall call) =>
            await http.GetStringAsync(call.Demand(Capability.HttpEgress, url), call.Cancellation));
        """);

    [TestMethod]
    public Task WhatAskedNothingAtAll_IsReportedOnce() => Rules.Report(Rules.Class("""
        [HostFunction("a"), RequiresCapability("filesystem.read")]
        public string One(string path) => {|PHG002:File.ReadAllText(path)|};
        """));

    [TestMethod]
    public Task LookUp_InATableOfTheHosts_IsTheHosts() => Rules.Silent(Rules.Class("""
        private readonly Dictionary<string, string> _services = new();
        private readonly HttpClient _http = new();

        [HostFunction("a"), RequiresCapability("http.egress")]
        public async Task<string> One(string name, HostFunctionCall call)
        {
            call.Demand(Capability.HttpEgress, "https://a.test");
            return await _http.GetStringAsync(_services[name], call.Cancellation);
        }
        """));

    [TestMethod]
    public Task Fix_UsesWhatTheDemandReturns() => Rules.Fix(
        "PHG005",
        Function("""
                    call.Demand(Capability.HttpEgress, url);
                    url += "/x";
                    return await Http.GetStringAsync(url, call.Cancellation);
                """),
        Function("""
                    var granted = call.Demand(Capability.HttpEgress, url);
                    url += "/x";
                    return await Http.GetStringAsync(granted, call.Cancellation);
                """));

    [TestMethod]
    public Task Fix_UsesWhatItReturned() => Rules.Fix(
        "PHG005",
        Function("""
                    var allowed = call.Demand(Capability.HttpEgress, url.Trim());
                    return await Http.GetStringAsync(url, call.Cancellation) + allowed;
                """),
        Function("""
                    var allowed = call.Demand(Capability.HttpEgress, url.Trim());
                    return await Http.GetStringAsync(allowed, call.Cancellation) + allowed;
                """));
}
