namespace PluginHost.Scan.Tests;

/// <summary>Where strings are found; each expectation is what YARA 4.2 says.</summary>
[TestClass]
public sealed class StringTests
{
    /// <summary>Expressions without a text to look for: what is met least in them is, wherever they have it.</summary>
    [TestMethod]
    [DataRow("[a-z](\\xD0[\\x80-\\x8F]|\\xD1[\\x80-\\x8F])[a-z]", "a\u00D0\u0080b\u00D1\u0081c", "0:4 3:4")]
    [DataRow("[a-z](\\xD0[\\x80-\\x8F]|\\xD1[\\x80-\\x8F])[a-z]", "\u00D0\u0080b x\u00D1\u0081", "")]
    [DataRow("[ -~]{10}[\\x80-\\x8F][a-z]+", "0123456789\u0080ab", "0:13")]
    [DataRow("[ -~]{10}[\\x80-\\x8F][a-z]+", "123456789\u0080ab", "")]
    [DataRow("[ -~]{2,3}[\\x80-\\x8F]", "abc\u0080", "0:4 1:3")]
    [DataRow("([a-z]|[0-9])[\\x80-\\x8F]?[A-Z]", "aA1\u0080B", "0:2 2:3")]
    [DataRow("\\b[a-z][\\x80-\\x8F]", "xa\u0080 b\u0081", "4:2")]
    public void RarestPlace_LeadsToEveryMatch(string expression, string data, string places) => Assert.AreEqual(places, Scans.Places($"$a = /{expression}/", data));

    [TestMethod]
    [DataRow("$a = \"abc\"", "xabcabc", "1:3 4:3")]
    [DataRow("$a = \"aa\"", "aaaa", "0:2 1:2 2:2")]
    [DataRow("$a = \"AbC\" nocase", "abcABC", "0:3 3:3")]
    [DataRow("$a = \"ab\" wide", "abxa\0b\0", "3:4")]
    [DataRow("$a = \"ab\" wide ascii", "aba\0b\0", "0:2 2:4")]
    [DataRow("$a = \"ab\" fullword", "ab xab abx _ab_ ab", "0:2 12:2 16:2")]
    [DataRow("$a = \"ab\" wide fullword", "xa\0b\0", "1:4")]
    [DataRow("$a = \"abc\" xor(1-2)", "abc`cb", "3:3")]
    [DataRow("$a = \"This program cannot\" base64", "VGhpcyBwcm9ncmFtIGNhbm5vd", "0:25")]
    [DataRow("$a = { 61 ?? 63 }", "abcaxc", "0:3 3:3")]
    [DataRow("$a = { 6? 62 }", "abbb", "0:2 1:2 2:2")]
    [DataRow("$a = { 61 [1-2] 63 }", "abcabbc", "0:3 3:4")]
    [DataRow("$a = { 61 ( 62 | 63 64 ) 65 }", "abeacde", "0:3 3:4")]
    [DataRow("$a = { 61 ~62 63 }", "abcaxc", "3:3")]
    [DataRow("$a = { 61 62 [300-] 63 }", "ab", "")]
    [DataRow("$a = /a+b/", "aaab", "0:4 1:3 2:2")]
    [DataRow("$a = /a+?b*?/", "aab", "0:1 1:1")]
    [DataRow("$a = /a.c/", "a\nc abc", "4:3")]
    [DataRow("$a = /a.c/s", "a\nc", "0:3")]
    [DataRow("$a = /^ab/", "abab", "0:2")]
    [DataRow("$a = /ab$/", "abab", "2:2")]
    [DataRow("$a = /\\bab\\b/", "ab xab ab", "0:2 7:2")]
    [DataRow("$a = /\\b<x>/", "<x>", "0:3")]
    [DataRow("$a = /\\b<x>/", " <x>", "")]
    [DataRow("$a = /core\\.\\b/", "core.", "0:5")]
    [DataRow("$a = /core\\.\\b/", "core. ", "")]
    [DataRow("$a = /\\B\\.x/", ".x", "")]
    [DataRow("$a = /\\B\\.x/", " .x", "1:2")]
    [DataRow("$a = /x\\.\\B/", "x.", "")]
    [DataRow("$a = /a[^b-d]e/i", "abe aXE", "4:3")]
    [DataRow("$a = /(foo|ba)r{2}/", "foorr barr", "0:5 6:4")]
    [DataRow("$a = /\\x41\\.\\w/", "A.b", "0:3")]
    [DataRow("$a = /ab/ wide", "a\0b\0", "0:4")]
    [DataRow("$a = /a{,2}c/", "aac", "0:3 1:2 2:1")]
    [DataRow("$a = /a{x/", "a{x", "0:3")]
    [DataRow("$a = /[a-z]+@example/", "me@example", "0:10 1:9")]
    public void Strings_AreFoundWhereTheyAre(string strings, string data, string places) => Assert.AreEqual(places, Scans.Places(strings, data));

    [TestMethod]
    [DataRow(-12)]
    [DataRow(-11)]
    [DataRow(-7)]
    [DataRow(-6)]
    [DataRow(-5)]
    [DataRow(-1)]
    [DataRow(0)]
    [DataRow(1)]
    public void Strings_AreFoundAcrossEveryBorderOfWhatIsLookedThroughAtOnce_InOrder(int shift)
    {
        var data = new char[150_000];
        Array.Fill(data, '.');
        for (var i = 1; i <= 146; i++)
        {
            "needle-Ab".CopyTo(0, data, (i * 1024) + shift, 9);
        }

        Assert.IsTrue(Scans.Holds("$a = \"needle-Ab\"", $"#a == 146 and for all i in (1..146) : (@a[i] == i * 1024 + {shift})", new string(data)));
        Assert.IsTrue(Scans.Holds("$a = /l[a-f]-Ab/", $"#a == 146 and for all i in (1..146) : (@a[i] == i * 1024 + {shift + 4})", new string(data)));
    }

    [TestMethod]
    public void Strings_ThatFollowEachOtherEverywhere_AreAllCounted() => Assert.IsTrue(Scans.Holds("$a = \"aaaaaa\" $b = /aaaaaa/", "#a == 99995 and #b == 99995", new string('a', 100_000)));

    [TestMethod]
    [DataRow("$a = /(Ab|aB)cd[0-9]/", "abcd1 Abcd2 aBcd3 ABcd4", "6:5 12:5")]
    [DataRow("$a = /[aA][bB]cd[0-9]/", "abcd1 ABCD2 aBcd3", "0:5 12:5")]
    [DataRow("$a = /AKIA[0-9]/", "akia1 AKIA2", "6:5")]
    [DataRow("$a = { 41 62 43 ?? }", "abc. AbC.", "5:4")]
    public void CaseMatters_WhereNobodySaysOtherwise(string strings, string data, string places) => Assert.AreEqual(places, Scans.Places(strings, data));

    [TestMethod]
    public void LongJump_ReachesFar_WithinItsBounds()
    {
        string Far(int gap) => Scans.Places("$a = { 61 62 63 [250-400] 64 65 66 }", "abc" + new string('x', gap) + "def");

        Assert.AreEqual(("", "0:256", "0:406", ""), (Far(249), Far(250), Far(400), Far(401)));
        Assert.AreEqual("0:20006", Scans.Places("$a = { 61 62 63 [-] 64 65 66 }", "abc" + new string('x', 20_000) + "def"));
    }

    [TestMethod]
    public void PieceThatMatchesInTwoWays_IsOneMatch() => Assert.AreEqual("0:307", Scans.Places("$a = { ( 51 5A | 51 5A 57 ) [300-400] 4A 56 4B }", "QZW" + new string('x', 301) + "JVK"));

    [TestMethod]
    public void LoopOverAll_EndsWithTheFirstThatFails() => Assert.IsTrue(Scans.Holds("", "not (for all i in (0..filesize-1) : (uint8(i) == 0x41))", new string('B', 6_000_000)));

    [TestMethod]
    public void RuleThatIsSkipped_TakesThoseWithIt_ThatNameItByItsBeginning() => CollectionAssert.AreEqual(
        new[] { "a1" }, Scans.Of("import \"pe\" rule a1 { condition: true } rule a2 { condition: pe.is_pe } rule b { condition: all of (a*) } rule c { condition: any of (a*) }", "x"));

    [TestMethod]
    public void Padding_TakesNoMatchAway()
    {
        var payload = "A" + new string('x', 60) + "B" + new string('y', 60) + "CCC" + new string('q', 305) + "ZZZ";
        const string rule = "$a = { 41 [0-100] 42 [1-100] 43 43 43 [300-310] 5A 5A 5A }";
        string[] paddings = ["", new string('C', 60_000) + new string('.', 200), string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("AB", 60)) + "CCC", 3_000)) + new string('.', 300)];
        foreach (var padding in paddings)
        {
            StringAssert.EndsWith(Scans.Places(rule, padding + payload), $"{padding.Length}:433");
        }
    }

    [TestMethod]
    public void PatternOverItsBudget_IsStillMeasured()
    {
        var many = string.Concat(Enumerable.Repeat("cmd.exe ", 3_000));
        Assert.AreEqual("", Scans.Places("$a = /cmd\\.exe.*Request\\./ nocase", many + new string(' ', 20_000) + "Request.x"), "a match is no longer than 4096 bytes");

        var foos = string.Concat(Enumerable.Repeat("foo ", 3_000));
        Assert.AreEqual("", Scans.Places("$a = /foo [^\\n]*bar/ fullword", foos + "\nfoo zz barx\n"));
        StringAssert.EndsWith(Scans.Places("$a = /foo [^\\n]*bar/", foos + "\nfoo zz barx\n"), "12001:10");
    }

    [TestMethod]
    public void Match_ReachesAtMost4096Bytes()
    {
        Assert.AreEqual("0:4096", Scans.Places("$a = /a.*b/", "a" + new string('x', 4094) + "b"));
        Assert.AreEqual("", Scans.Places("$a = /a.*b/", "a" + new string('x', 4096) + "b"));
    }

    [TestMethod]
    [DataRow("/a.*b/", 'a')]
    [DataRow("/(a+)+b/", 'a')]
    [DataRow("/.*foo/", 'o')]
    [DataRow("/(a|aa|aaa)*c/", 'a')]
    [DataRow("/a[^b]{1,500}b/", 'a')]
    [DataRow("/(x+x+)+y/", 'x')]
    public void EvilPatterns_TakeLinearTime(string pattern, char letter)
    {
        // Of each letter a walk could begin that goes to the end: a hundred thousand million steps, were they walked.
        var data = new string(letter, 500_000);

        Assert.IsFalse(Scans.Holds($"$a = {pattern}", "$a", data));
        Assert.IsFalse(Scans.Holds($"$a = {pattern}", "#a > 3", data));
    }

    [TestMethod]
    public void LengthThatNobodyKnows_CountsTheRuleAsNotRun()
    {
        var rules = Scans.Compile("rule asks { strings: $a = /aa.{1,1000}/s condition: !a[1] > 1 } rule counts { strings: $a = /aa.{1,1000}/s condition: #a > 90000 and @a[2] == 1 }");
        var result = rules.Scan(System.Text.Encoding.Latin1.GetBytes(new string('a', 400_000)), Scans.Facts);

        Assert.AreEqual("asks", string.Join(' ', result.NotRun.Select(rule => rule.Name)));
        Assert.AreEqual("counts", result.Matches.Single().Rule);
    }

    [TestMethod]
    public void PatternOverItsBudget_IsStillFound() => Assert.IsTrue(Scans.Holds("$a = /a.*b/", "#a > 3", new string('a', 400_000) + "b"));
}
