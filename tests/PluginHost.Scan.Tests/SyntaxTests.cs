using System.Text;

namespace PluginHost.Scan.Tests;

[TestClass]
public sealed class SyntaxTests
{
    [TestMethod]
    [DataRow("import \"pe\" rule r { condition: pe.number_of_sections > 2 }", "the module 'pe'")]
    [DataRow("import \"pe\" rule r { condition: pe.imports(\"a.dll\") }", "pe.imports")]
    [DataRow("import \"elf\" rule r { condition: for any s in elf.sections : ( s.size > 1 ) }", "the module 'elf'")]
    [DataRow("rule r { condition: entrypoint == 0 }", "entrypoint")]
    [DataRow("include \"x.yar\" rule r { condition: true }", "the file includes 'x.yar'")]
    [DataRow("rule r { strings: $a = /a(?=b)/ condition: $a }", "'(?=' in a regular expression")]
    [DataRow("rule r { strings: $a = /(a)\\1/ condition: $a }", "a reference back in a regular expression")]
    [DataRow("rule r { strings: $a = /a*b+?/ condition: $a }", "greedy and lazy repetitions in one regular expression")]
    public void WhatIsNotSupported_IsNamed_AndTheRuleCounted(string rules, string reason) => Assert.AreEqual(reason, Scans.Skipped(rules));

    [TestMethod]
    public void RulesAroundASkippedOne_AreRun_AndThoseThatNeedItAreNot()
    {
        var rules = Scans.Compile("import \"pe\" rule a { condition: pe.is_pe } rule b { condition: a } rule c { condition: filesize > 0 }");

        Assert.AreEqual(("a b", 1), (string.Join(' ', rules.Skipped.Select(rule => rule.Name)), rules.Count));
        Assert.AreEqual("c", rules.Scan("x"u8.ToArray()).Matches.Single().Rule);
    }

    [TestMethod]
    [DataRow("rule r { condition: }")]
    [DataRow("rule r { condition: true")]
    [DataRow("rule { condition: true }")]
    [DataRow("rule for { condition: true }")]
    [DataRow("rule r { condition: true } rule r { condition: true }")]
    [DataRow("private private rule r { condition: true }")]
    [DataRow("rule r { strings: condition: true }")]
    [DataRow("rule r { strings: $a = \"\" condition: $a }")]
    [DataRow("rule r { strings: $a = \"a\" $a = \"b\" condition: $a }")]
    [DataRow("rule r { strings: $a = \"a\" condition: true }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $b }")]
    [DataRow("rule r { strings: $a = \"a\\q\" condition: $a }")]
    [DataRow("rule r { strings: $a = \"a condition: $a }")]
    [DataRow("rule r { strings: $a = \"abc\" xor nocase condition: $a }")]
    [DataRow("rule r { strings: $a = \"abc\" base64 fullword condition: $a }")]
    [DataRow("rule r { strings: $a = \"abc\" wide wide condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 } nocase condition: $a }")]
    [DataRow("rule r { strings: $a = /a/ xor condition: $a }")]
    [DataRow("rule r { strings: $a = { 6 } condition: $a }")]
    [DataRow("rule r { strings: $a = { [2] 61 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 [3-1] 62 } condition: $a }")]
    [DataRow("rule r { strings: $a = { ( 61 | ) } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 condition: $a }")]
    [DataRow("rule r { strings: $a = /a(/ condition: $a }")]
    [DataRow("rule r { strings: $a = /a)/ condition: $a }")]
    [DataRow("rule r { strings: $a = /[a/ condition: $a }")]
    [DataRow("rule r { strings: $a = /*a/ condition: $a }")]
    [DataRow("rule r { strings: $a = /[z-a]/ condition: $a }")]
    [DataRow("rule r { strings: $a = /a{3,1}/ condition: $a }")]
    [DataRow("rule r { strings: $a = // condition: $a }")]
    [DataRow("rule r { condition: unknown }")]
    [DataRow("rule r { condition: math.entropy(0, 1) > 1 }")]
    [DataRow("rule r { condition: $ }")]
    [DataRow("rule r { condition: 99999999999999999999 > 1 }")]
    [DataRow("rule r { condition: \"a\" matches \"b\" and /a/ }")]
    [DataRow("rule r { /* condition: true }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $a* }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $a* at 0 }")]
    [DataRow("rule r { condition: nothing() }")]
    [DataRow("rule r { condition: nothing(1) == 1 }")]
    [DataRow("rule r { condition: 1 < 2 < 3 }")]
    [DataRow("rule r { condition: true == true }")]
    [DataRow("rule r { condition: filesize > 5 == true }")]
    [DataRow("rule r { condition: file == 1 }")]
    [DataRow("rule r { condition: 1 + true == 2 }")]
    [DataRow("rule r { condition: \"a\" + \"b\" == \"ab\" }")]
    [DataRow("rule r { condition: -\"a\" == 1 }")]
    [DataRow("rule r { condition: ~1.5 == 1 }")]
    [DataRow("rule r { condition: 1.0 % 2 == 1 }")]
    [DataRow("rule r { condition: \"a\" < 1 }")]
    [DataRow("rule r { condition: 1 contains \"a\" }")]
    [DataRow("rule r { condition: \"a\" matches \"b\" }")]
    [DataRow("rule r { condition: uint8(\"a\") == 1 }")]
    [DataRow("rule r { condition: 1 \\ 0 == 1 }")]
    [DataRow("rule r { condition: 7 % (1 - 1) == 1 }")]
    [DataRow("rule r { condition: 1 << (0 - 1) == 1 }")]
    [DataRow("rule r { condition: 0x7fffffffffffffff + 1 == 1 }")]
    [DataRow("rule r { condition: 3037000500 * 3037000500 == 1 }")]
    [DataRow("rule r { condition: 0x8000000000000000 == 1 }")]
    [DataRow("rule r { condition: for any i in (1, \"x\") : (true) }")]
    [DataRow("rule r { condition: for any i in (0.0..2) : (true) }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $a at \"x\" }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $a in (0..5.0) }")]
    [DataRow("rule r { strings: $a = \"a\" condition: $a == 1 }")]
    [DataRow("rule r { strings: $a = \"a\" condition: 0% of them }")]
    [DataRow("rule r { strings: $a = \"a\" condition: (99 + 2)% of them }")]
    [DataRow("rule r { strings: $a = \"a\" condition: for 50% of them : ($) }")]
    [DataRow("rule r { strings: $a = /a**/ condition: $a }")]
    [DataRow("rule r { strings: $a = /a{2}{3}/ condition: $a }")]
    [DataRow("rule r { strings: $a = /()a/ condition: $a }")]
    [DataRow("rule r { strings: $a = /|a/ condition: $a }")]
    [DataRow("rule r { strings: $a = /a{0}b/ condition: $a }")]
    [DataRow("import \"math\" rule r { condition: math.entropy(1) > 0.5 }")]
    [DataRow("import \"math\" rule r { condition: math.in_range(1, 2, 3) }")]
    [DataRow("import \"math\" rule r { condition: math.to_number(1) == 1 }")]
    [DataRow("import \"math\" rule r { condition: math.max(1, 2.0) == 2 }")]
    [DataRow("rule r { strings: $a = { 61 [-2] 62 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 [0] 62 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 ([1] 62) 63 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 (62 [1]) 63 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 (62 [1] | 64) 63 } condition: $a }")]
    [DataRow("rule r { condition: for any i in (1..2) : (for any i in (1..2) : (true)) }")]
    [DataRow("rule r { strings: $a = \"a\" condition: any of them of them }")]
    [DataRow("rule r { condition: ` }")]
    [DataRow("rule r { condition: any of (b*) }")]
    [DataRow("rule r { condition: any of (b) }")]
    [DataRow("rule b1 { condition: true } rule r { condition: any of (b*) } rule b2 { condition: true }")]
    [DataRow("rule r { strings: $a = { 61 62 6 3 } condition: $a }")]
    [DataRow("rule r { strings: $a = { 6? 6 ? } condition: $a }")]
    [DataRow("rule r { strings: $a = { 61 ~ 61 } condition: $a }")]
    [DataRow("rule r { strings: $a = /abc/si condition: $a }")]
    [DataRow("rule r { strings: $a = /abc/ii condition: $a }")]
    [DataRow("rule r { strings: $a = /[\u00E9]/ condition: $a }")]
    [DataRow("rule r { strings: $a = /[a-\u00E9]/ condition: $a }")]
    [DataRow("rule r { strings: $ = \"a\" condition: true }")]
    [DataRow("rule r : a a { condition: true }")]
    [DataRow("rule r { meta: condition: true }")]
    public void MalformedRules_AreRefused(string rules) => Assert.AreNotEqual("", Scans.Problem(rules));

    [TestMethod]
    public void RuleThatCountsItself_DoesNotHoldYet()
    {
        Assert.AreEqual("a1 r", string.Join(' ', Scans.Of("rule a1 { condition: true } rule r { condition: any of (a1, r*) }", "")));
        Assert.AreEqual("a1", string.Join(' ', Scans.Of("rule a1 { condition: true } rule a2 { condition: all of (a*) }", "")));
        Assert.AreEqual("a1", string.Join(' ', Scans.Of("rule a1 { condition: true } rule a2 { condition: 2 of (a*) }", "")));
        Assert.AreEqual("", string.Join(' ', Scans.Of("rule r { condition: all of (r) }", "")));
        Assert.AreEqual("r", string.Join(' ', Scans.Of("rule r { condition: none of (r*) }", "")));
    }

    [TestMethod]
    public void HexStrings_MayHaveRoomBetweenBytesAndWithinJumps() => Assert.AreEqual("r", Scans.Of("rule r { strings: $a = { 6162\n63 [ 1 - 2 ] ( 65 | 66 ) } condition: $a }", "abcde").Single());

    [TestMethod]
    public void Problems_NameFileAndLine()
    {
        var problem = Assert.ThrowsExactly<YaraException>(() => Scans.Compile("rule a { condition: true }\n\nrule b {\n condition: ( }"));

        Assert.AreEqual(("t.yar", 4), (problem.File, problem.Line));
    }

    [TestMethod]
    public void DeepNesting_IsRefused_NotOverflowing()
    {
        foreach (var (open, close) in new[]
        {
            ("(", ")"), ("not ", ""), ("-", ""), ("not (", ")"), ("uint8(", ")"), ("@a[", "]"), ("$a at ", ""), ("#a in (", "..1)"), ("any of them in (", "..1)"),
            ("for any i in (", ") : (true)"), ("math.min(", ", 1)"), ("for all of them : (", ")"),
        })
        {
            StringAssert.StartsWith(
                Scans.Problem($"rule r {{ strings: $a = \"a\" condition: {string.Concat(Enumerable.Repeat(open, 100_000))}1{string.Concat(Enumerable.Repeat(close, 100_000))} }}"), "a condition is nested deeper than", open);
        }

        Assert.AreNotEqual("", Scans.Problem($"rule r {{ strings: $a = {{ 61 {new string('(', 50_000)}61{new string(')', 50_000)} }} condition: $a }}"));
        Assert.AreNotEqual("", Scans.Problem($"rule r {{ strings: $a = /{new string('(', 50_000)}a{new string(')', 50_000)}/ condition: $a }}"));
    }

    [TestMethod]
    [DataRow("or $a")]
    [DataRow("and $a")]
    [DataRow("or #a + 1 == 2")]
    [DataRow("== 1 and $a and 1")]
    [DataRow("+ 1 - 1")]
    [DataRow("* 1 \\ 1")]
    [DataRow("| 1 ^ 0 & 1")]
    public void LongChainsOfOperators_TakeNoStack(string link)
    {
        var held = false;
        var problem = OnASmallStack(() => held = Scans.Holds("$a = \"a\"", "$a and 1 " + string.Concat(Enumerable.Repeat(link + " ", 100_000)), "a"));

        Assert.AreEqual(("", true), (problem, held));
    }

    [TestMethod]
    [DataRow("(0 | 0 ^ 1 & 1 << 0 + 1 * {0})", 13)]
    [DataRow("(false or true and not {0})", 24)]
    [DataRow("for any of them : ({0})", 98)]
    [DataRow("for any i{1} in (1..2) : ({0})", 98)]
    [DataRow("math.to_number(for any i in (1, {0}) : (true))", 48)]
    [DataRow("not {0}", 98)]
    [DataRow("math.to_number($a at {0})", 48)]
    [DataRow("math.min({0}, 1)", 48)]
    [DataRow("math.to_number(all of them in (0..{0}))", 48)]
    public void DeepestNesting_FitsASmallStack(string level, int times)
    {
        var condition = "1";
        for (var i = 0; i < times; i++)
        {
            condition = level.Replace("{0}", condition, StringComparison.Ordinal).Replace("{1}", $"{i}", StringComparison.Ordinal);
        }

        Assert.AreEqual("", OnASmallStack(() => Scans.Holds("$a = \"a\"", $"$a and {condition}", "a")));
    }

    [TestMethod]
    public void ManyStrings_AreReadInLinearTime()
    {
        var strings = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"$s{i} = \"string{i}\" "));
        var condition = string.Join(" or ", Enumerable.Range(0, 20_000).Select(i => $"$s{i}"));

        Assert.AreEqual("r", Scans.Of($"rule r {{ strings: {strings} condition: {condition} }}", "string19999").Single());
    }

    private static string OnASmallStack(Action action)
    {
        var problem = "";
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (YaraException e)
            {
                problem = e.Problem;
            }
        }, 512 * 1024);
        thread.Start();
        thread.Join();
        return problem;
    }

    [TestMethod]
    public void PatternThatWouldBeHuge_IsSkipped() => StringAssert.Contains(Scans.Skipped("rule r { strings: $a = /(a{1000}){1000}/ condition: $a }"), "60000 steps");

    [TestMethod]
    public void Mutants_OfTheOwnPack_AreReadOrRefused()
    {
        var pack = OwnPack.Files.ToList();
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            var bytes = pack[random.Next(pack.Count)].Content.ToArray();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(1, 128);
            }

            try
            {
                YaraRules.Compile([new YaraSource("m.yar", bytes)], Scans.Facts).Scan(Encoding.ASCII.GetBytes("curl https://x | sh"), Scans.Facts);
            }
            catch (YaraException)
            {
                // It says what is wrong.
            }
        }
    }

    [TestMethod]
    public void ManyThreads_ScanWithTheSameRules()
    {
        var rules = Scans.Compile("rule r { strings: $a = /a[bc]+d/ condition: #a == 2 }");

        Assert.IsTrue(Enumerable.Range(0, 200).AsParallel().All(_ => rules.Scan("abd accd"u8.ToArray()).Matches.Count == 1));
    }
}
