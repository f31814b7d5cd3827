using PluginHost.Skills;

namespace PluginHost.Tests.Hosting;

/// <summary>What a manifest says of a tool beside its rights: schemas, approval, settings.</summary>
[TestClass]
public sealed class ToolContractTests : IDisposable
{
    private const string City = """{ type = "object", required = ["city"], additionalProperties = false, properties = { city = { type = "string", minLength = 2, pattern = "^[A-Z]" } } }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<SkillCallResult> Call(TestPackage package, string input, Action<SkillHostOptions>? configure = null, SkillLoadOptions? load = null)
    {
        await using var host = TestHosts.Create(configure);
        return await host.LoadSkill(package.Write(_folder), load).CallAsync("acme.run", input);
    }

    [TestMethod]
    public async Task Input_ThatFits_Runs() =>
        Assert.AreEqual("""{"city":"Cairo"}""", (await Call(new TestPackage { Schema = City }, """{"city":"Cairo"}""")).Text);

    [TestMethod]
    [DataRow("", "required")]
    [DataRow("Cairo", "the value breaks 'type'")]
    [DataRow("{}", "required")]
    [DataRow("""{"city":"Cairo","city":"Oslo"}""", "breaks 'type'")]
    [DataRow("""{"city":7}""", "/city breaks 'type'")]
    [DataRow("""{"city":"x"}""", "/city breaks 'minLength'")]
    [DataRow("""{"city":"oslo"}""", "/city breaks 'pattern'")]
    [DataRow("""{"city":"Oslo","x":1}""", "/x breaks")]
    public async Task Input_ThatDoesNotFit_NeverRuns_AndIsOnRecord(string input, string problem)
    {
        await using var host = TestHosts.Create(options => options.AuditFile = _folder["log"]);
        var skill = host.LoadSkill(new TestPackage { Schema = City }.Write(_folder));

        var refused = await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => skill.CallAsync("acme.run", input));

        Assert.AreEqual(("guest.input", null), (refused.Code, refused.Receipt));
        StringAssert.Contains(refused.Message, problem);
        await host.DisposeAsync();
        StringAssert.Contains(File.ReadAllLines(_folder["log"])[^1], "\"outcome\":\"guest.input\"");
    }

    [TestMethod]
    [DataRow("plain text")]
    [DataRow("42")]
    [DataRow("\"quoted\"")]
    [DataRow("")]
    public async Task Text_FitsASchemaOfStrings(string input) =>
        Assert.AreEqual(input, (await Call(new TestPackage { Schema = """{ type = "string" }""", OutputSchema = """{ type = "string" }""" }, input)).Text);

    [TestMethod]
    public async Task Output_ThatDoesNotFit_IsNotReturned()
    {
        var refused = await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { OutputSchema = City }, """{"city":7}"""));

        Assert.AreEqual("guest.output", refused.Code);
        Assert.IsTrue(refused.Receipt!.Fuel > 0);
    }

    [TestMethod]
    public async Task Input_NestedTooDeep_IsRefused() => Assert.AreEqual(
        "guest.input",
        (await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { Schema = """{ type = "array" }""" }, new string('[', 100_000)))).Code);

    [TestMethod]
    [DataRow("""{ type = "objekt" }""")]
    [DataRow("""{ "$ref" = "https://example.com/schema.json" }""")]
    [DataRow("""{ "$ref" = "#/properties/none" }""")]
    [DataRow("""{ pattern = "(a+)+\\1" }""")]
    [DataRow("""{ pattern = "(?=a)b" }""")]
    [DataRow("""{ minLength = -1 }""")]
    [DataRow("""{ properties = { a = 7 } }""")]
    [DataRow("""{ "$schema" = "https://example.com/other" }""")]
    public void Schema_ThatCannotBeEvaluated_IsRefusedAtLoad(string schema)
    {
        var host = TestHosts.Create();

        Assert.AreEqual("manifest.schema", Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(new TestPackage { Schema = schema }.Write(_folder))).Code);
    }

    [TestMethod]
    [DataRow("""{ "$ref" = "#" }""")]
    [DataRow("""{ "$defs" = { a = { allOf = [{ "$ref" = "#/$defs/b" }] }, b = { anyOf = [{ "$ref" = "#/$defs/a" }] } }, "$ref" = "#/$defs/a" }""")]
    [DataRow("""{ "$defs" = { a = { anyOf = [{ "$ref" = "#/$defs/a1" }, { "$ref" = "#/$defs/a1" }, false] }, a1 = { anyOf = [{ "$ref" = "#/$defs/a2" }, { "$ref" = "#/$defs/a2" }, false] }, a2 = { not = { items = { "$ref" = "#/$defs/a" } } } }, items = { "$ref" = "#/$defs/a" } }""")]
    public async Task Schema_ThatGoesRoundInCircles_EndsInTime(string schema)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var input = string.Concat(Enumerable.Repeat("[", 60)) + string.Concat(Enumerable.Repeat("]", 60));

        var refused = await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { Schema = schema }, input));

        StringAssert.Matches(refused.Message, new System.Text.RegularExpressions.Regex("more than (256 deep|1000000 steps)|longer than 2 s"));
        Assert.IsTrue(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [TestMethod]
    [DataRow("""{"a":"\ud800"}""")]
    [DataRow("""{"\ud800":1}""")]
    public async Task Text_ThatIsNoUnicode_IsRefused_InAndOut(string json)
    {
        const string schema = """{ type = "object", properties = { a = { type = "string", minLength = 1 } }, additionalProperties = { type = "string" } }""";
        var log = _folder["log"];

        Assert.AreEqual("guest.input", (await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { Schema = schema }, json))).Code);
        Assert.AreEqual(
            "guest.output",
            (await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { OutputSchema = schema }, json, options => options.AuditFile = log))).Code);
        StringAssert.Contains(File.ReadAllLines(log)[^1], "\"outcome\":\"guest.output\"");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Input_ThatIsDearToCheck_EndsInTime()
    {
        var digits = "[" + string.Join(',', Enumerable.Repeat("1" + new string('0', 390), 10_000)) + "]";
        var words = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 50_000)) + "]";
        var values = string.Join(", ", Enumerable.Range(0, 900).Select(i => $"\"word{i}\""));
        foreach (var (schema, input) in new[]
        {
            ("""{ type = "array", items = { allOf = [{ minimum = 1 }, { minimum = 1 }, { maximum = 2 }, { multipleOf = 7 }] } }""", digits),
            ($$"""{ type = "array", items = { enum = [{{values}}] } }""", words),
        })
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Assert.AreEqual("guest.input", (await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(new TestPackage { Schema = schema }, input))).Code);
            Assert.IsTrue(clock.Elapsed < TimeSpan.FromSeconds(15), $"{clock.Elapsed}");
        }
    }

    [TestMethod]
    public async Task Pattern_ThatWouldBacktrack_IsMatchedInLinearTime()
    {
        var package = new TestPackage { Schema = """{ type = "string", pattern = "^(a|a)*(a|a)*$" }""" };

        Assert.AreEqual("guest.input", (await Assert.ThrowsExactlyAsync<SkillSchemaException>(() => Call(package, new string('a', 50_000) + "b"))).Code);
    }

    [TestMethod]
    public async Task Approval_IsAskedForEachCall_WithItsInput()
    {
        var asked = new List<string>();
        await using var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Approve = (request, _) =>
            {
                asked.Add($"{request.Tool.Id} {System.Text.Encoding.UTF8.GetString(request.Input.Span)} {request.Context.Principal}");
                return ValueTask.FromResult(asked.Count == 1);
            };
        });
        var skill = host.LoadSkill(new TestPackage { RequiresApproval = true }.Write(_folder));

        Assert.AreEqual("one", (await skill.CallAsync("acme.run", "one", new CallContext { Principal = "ann" })).Text);
        Assert.AreEqual("consent.approval-refused", (await Assert.ThrowsExactlyAsync<SkillConsentException>(() => skill.CallAsync("acme.run", "two"))).Code);

        CollectionAssert.AreEqual(new[] { "acme.run one ann", "acme.run two " }, asked);
        await host.DisposeAsync();
        var log = File.ReadAllText(_folder["log"]);
        StringAssert.Contains(log, "\"tool\":\"acme.run\",\"scope\":\"call\",\"decision\":\"accept\"");
        StringAssert.Contains(log, "\"scope\":\"call\",\"decision\":\"refuse\"");
        StringAssert.Contains(log, "\"outcome\":\"consent.approval-refused\"");
    }

    [TestMethod]
    public async Task Approval_NobodyOrAFault_IsARefusal()
    {
        var package = new TestPackage { RequiresApproval = true };

        Assert.AreEqual("consent.approval-nobody", (await Assert.ThrowsExactlyAsync<SkillConsentException>(() => Call(package, ""))).Code);
        Assert.AreEqual(
            "consent.approval-failed",
            (await Assert.ThrowsExactlyAsync<SkillConsentException>(() => Call(package, "", options => options.Approve = (_, _) => throw new InvalidOperationException("secret")))).Code);
    }

    private static TestPackage Configured(string code = "unit") => new()
    {
        Manifest = """
            [operator.config]
            required = ["unit"]
            [operator.config.properties.unit]
            type = "string"
            enum_values = ["C", "F"]
            [operator.config.properties.digits]
            type = "integer"
            default = 2
            [operator.config.properties.places]
            type = "string_list"
            default = ["a", "b"]
            """,
        Modules = new()
        {
            ["m"] = $$"""
                (module
                  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
                  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
                  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
                  (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
                  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
                  (memory 1) (data (i32.const 0) "{{code}}")
                  (func (export "run") (result i32) (local $key i64) (local $i i32) (local $value i64)
                    (local.set $key (call $alloc (i64.const {{code.Length}})))
                    (loop
                      (call $store (i64.add (local.get $key) (i64.extend_i32_u (local.get $i))) (i32.load8_u (local.get $i)))
                      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {{code.Length}}))))
                    (local.set $value (call $config (local.get $key)))
                    (call $output (local.get $value) (call $length (local.get $value)))
                    (i32.const 0)))
                """,
        },
    };

    [TestMethod]
    public async Task Settings_AreCheckedAndFilledWithDefaults()
    {
        var load = new SkillLoadOptions { Config = { ["unit"] = "F" } };

        Assert.AreEqual("F", (await Call(Configured(), "", load: load)).Text);
        Assert.AreEqual("2", (await Call(Configured("digits"), "", load: load)).Text);
        Assert.AreEqual("""["a","b"]""", (await Call(Configured("places"), "", load: load)).Text);
    }

    [TestMethod]
    [DataRow("digits=2", "'unit' is required")]
    [DataRow("unit=K", "none of C, F")]
    [DataRow("unit=C,digits=two", "no integer")]
    [DataRow("unit=C,places=a", "no string_list")]
    [DataRow("unit=C,other=1", "no setting 'other'")]
    public void Settings_ThatAreWrong_AreRefusedAtLoad(string settings, string problem)
    {
        var load = new SkillLoadOptions();
        foreach (var pair in settings.Split(','))
        {
            load.Config[pair.Split('=')[0]] = pair.Split('=')[1];
        }

        var host = TestHosts.Create();
        var refused = Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(Configured().Write(_folder), load));

        Assert.AreEqual("policy.config", refused.Code);
        StringAssert.Contains(refused.Message, problem);
    }
}
