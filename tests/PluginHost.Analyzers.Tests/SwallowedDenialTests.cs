namespace PluginHost.Analyzers.Tests;

/// <summary>PHG006.</summary>
[TestClass]
public sealed class SwallowedDenialTests
{
    private static string Method(string body) => Rules.Class($$"""
        public async Task<string> One(Skill skill, bool quick)
        {
            {{body}}
            return "";
        }

        private static void Log(object e) => Console.WriteLine(e);

        private static Task Ask(Skill skill) => Deeper(skill);

        private static async Task Deeper(Skill skill) => await skill.CallAsync("a", "b");
        """);

    private const string Call = "try { await skill.CallAsync(\"a.b\", \"x\"); } ";

    [TestMethod]
    [DataRow(Call + "{|PHG006:catch (Exception e)|} { Log(e); return \"\"; }")]
    [DataRow(Call + "{|PHG006:catch|} { }")]
    [DataRow(Call + "{|PHG006:catch (Exception)|} { if (quick) { throw; } }")]
    [DataRow(Call + "{|PHG006:catch (CapabilityDeniedException)|} { }")]
    [DataRow(Call + "{|PHG006:catch (Exception e)|} when (e.Message.Length > 0) { Log(e); }")]
    [DataRow(Call + "{|PHG006:catch (Exception e)|} when (e is not OperationCanceledException) { Log(e); }")]
    [DataRow(Call + "{|PHG006:catch (Exception e)|} when (e is IOException or SkillException) { Log(e.Message); }")]
    [DataRow("while (true) { " + Call + "{|PHG006:catch (Exception)|} { continue; } }")]
    [DataRow("try { await Ask(skill); } {|PHG006:catch (Exception e)|} { Log(e); }")]
    public Task Swallowed_IsReported(string body) => Rules.Report(Method(body));

    [TestMethod]
    [DataRow(Call + "catch (Exception e) { Log(e); throw; }")]
    [DataRow(Call + "catch (Exception e) { throw new InvalidOperationException(\"wrapped\", e); }")]
    [DataRow(Call + "catch (Exception e) when (e is not CapabilityDeniedException) { Log(e); }")]
    [DataRow(Call + "catch (Exception e) when (e is not (OperationCanceledException or CapabilityDeniedException)) { Log(e); }")]
    [DataRow(Call + "catch (Exception e) when (!(e is CapabilityDeniedException)) { Log(e); }")]
    [DataRow(Call + "catch (Exception e) when (e is not CapabilityDeniedException && quick) { Log(e); }")]
    [DataRow(Call + "catch (Exception e) when (e is IOException or TimeoutException) { Log(e); }")]
    [DataRow(Call + "catch (CapabilityDeniedException) { throw; } catch (Exception e) { Log(e); }")]
    [DataRow(Call + "catch (CapabilityDeniedException e) { return e.SmallestGrant; }")]
    [DataRow(Call + "catch (SkillException e) { return e.Code; }")]
    [DataRow(Call + "catch (Exception e) { return e is SkillException skillFailed ? skillFailed.Code : \"failed\"; }")]
    [DataRow(Call + "catch (IOException) { }")]
    [DataRow("try { await Task.Yield(); } catch (Exception e) { Log(e); }")]
    [DataRow("try { Log(skill.Id); } catch (Exception e) { Log(e); }")]
    public Task Told_IsSilent(string body) => Rules.Silent(Method(body));

    [TestMethod]
    public Task LaterClauses_AndFiltersOfSomethingElse_AreLookedAt() => Rules.Report(Rules.Class("""
        private readonly object? _log = null;

        public async Task<string> One(Skill skill)
        {
            try
            {
                return (await skill.CallAsync("a.b", "x")).Text;
            }
            catch (Exception e) when (e.Message.Length > 9)
            {
                throw;
            }
            {|PHG006:catch|}
            {
                return "";
            }
        }

        public async Task<string> Two(Skill skill)
        {
            try
            {
                return (await skill.CallAsync("a.b", "x")).Text;
            }
            {|PHG006:catch (Exception e)|} when (_log is string text && text != e.Message)
            {
                return "";
            }
        }

        public async Task<string> Three(Skill skill)
        {
            try
            {
                return (await skill.CallAsync("a.b", "x")).Text;
            }
            catch (Exception e)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e).Throw();
                return "";
            }
        }
        """));

    [TestMethod]
    public Task InAHostFunction_EvenByItsType_IsReported() => Rules.Report(Rules.Class("""
        [HostFunction("a"), RequiresCapability("clock")]
        public string One(HostFunctionCall call)
        {
            try
            {
                return call.Demand(Capability.Clock, "now");
            }
            {|PHG006:catch (CapabilityDeniedException e)|}
            {
                return e.Message;
            }
        }
        """));

    [TestMethod]
    public Task Fix_LetsDenialsPass() => Rules.Fix(
        "PHG006",
        Rules.Class("""
            public async Task One(Skill skill, bool quick)
            {
                try
                {
                    await skill.CallAsync("a.b", "x");
                }
                catch (Exception) when (quick)
                {
                }

                try
                {
                    await skill.CallAsync("a.b", "x");
                }
                catch // never mind
                {
                }
            }
            """),
        Rules.Class("""
            public async Task One(Skill skill, bool quick)
            {
                try
                {
                    await skill.CallAsync("a.b", "x");
                }
                catch (Exception e) when (e is not CapabilityDeniedException && (quick))
                {
                }

                try
                {
                    await skill.CallAsync("a.b", "x");
                }
                catch (Exception e) when (e is not CapabilityDeniedException) // never mind
                {
                }
            }
            """));
}
