namespace PluginHost.Analyzers.Tests;

/// <summary>PHG014.</summary>
[TestClass]
public sealed class SecretFlowTests
{
    [TestMethod]
    public Task Secret_InALog_AnException_AndAResult_IsReported() => Rules.Report("""
        using Microsoft.Extensions.Logging;

        internal sealed class Functions(ILogger logger, SkillHostOptions options)
        {
            [Secret] private readonly string _key = "";

            public void Logs(SecretValue token) => logger.LogInformation("token {Token}", {|PHG014:token.Reveal()|});

            public void Interpolates(SecretValue token) => logger.LogInformation({|PHG014:$"token {token.Reveal()}"|});

            public void Throws([Secret] string password) => throw new InvalidOperationException({|PHG014:"bad password " + password|});

            public void Field() => Console.WriteLine({|PHG014:_key|});

            public void Vault()
            {
                var value = options.Secrets!("skill:a/b");
                Console.Error.WriteLine(value);
                Console.WriteLine({|PHG014:value|});
            }

            public void Helper(SecretValue token) => {|PHG014:Log(token.Reveal())|};

            private void Log(string text) => logger.LogWarning("x {Text}", text);

            [HostFunction("a"), NoCapability("test")]
            public string Result() => {|PHG014:_key|};
        }
        """);

    [TestMethod]
    public Task WhatShowsNothing_IsSilent() => Rules.Silent("""
        using Microsoft.Extensions.Logging;

        internal sealed class Functions(ILogger logger, HttpClient http)
        {
            private readonly string _password = "named like one, and none";

            public void Logs(SecretValue token) => logger.LogInformation("{Token} {Redacted} {Length} {Password}", token, token.Redacted, token.Reveal().Length, _password);

            public void Uses(SecretValue token) => http.DefaultRequestHeaders.Add("Authorization", token.Reveal());

            public bool Compares([Secret] string password, string other) => password == other ? true : throw new ArgumentException("wrong");

            [HostFunction("a"), NoCapability("test")]
            public string Result(SecretValue token) => token.Redacted;
        }
        """);

    [TestMethod]
    public Task Lambda_ThatIsRegistered_GivesNoneToTheGuest() => Rules.Report("""
        var token = new SecretValue("x");
        var functions = new HostFunctions();
        functions.Add("a", [NoCapability("test")] (string s) => {|PHG014:s + token.Reveal()|});
        functions.Add("b", [NoCapability("test")] (string s) => s + token.Redacted);
        """);

    [TestMethod]
    public Task Answer_ToASecret_IsNone_AndOneThatALambdaCaptures_Is() => Rules.Report("""
        var http = new HttpClient();
        var token = new SecretValue("x");
        var key = token.Reveal();
        var functions = new HostFunctions();
        functions.Add("a", [RequiresCapability("http.egress")] async (string s, HostFunctionCall call) =>
        {
            call.Demand(Capability.HttpEgress, "https://a.test");
            return await http.GetStringAsync("https://a.test/?k=" + token.Reveal(), call.Cancellation);
        });
        functions.Add("b", [NoCapability("test")] (string s) => {|PHG014:s + key|});
        """);

    [TestMethod]
    public Task Fix_Redacts() => Rules.Fix(
        "PHG014",
        """
        internal sealed class Functions
        {
            public void One(SecretValue token) => Console.WriteLine("token " + token.Reveal());
        }
        """,
        """
        internal sealed class Functions
        {
            public void One(SecretValue token) => Console.WriteLine("token " + token.Redacted);
        }
        """);
}
