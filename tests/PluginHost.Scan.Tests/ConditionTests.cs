namespace PluginHost.Scan.Tests;

[TestClass]
public sealed class ConditionTests
{
    [TestMethod]
    [DataRow("for any i in (0..filesize-1) : (uint8(i) == 0x41 and uint8(i + 1) == 0x42 and uint8(i + 2) == 0x43 and uint8(i + 3) == 0x44)", true)]
    [DataRow("for all i in (0..filesize-1) : ((uint8(i) ^ 0x20) >= 0 and i * 2 \\ 2 == i)", true)]
    [DataRow("for any i in (0..filesize) : (for any j in (0..filesize) : (i + j == -1))", false)]
    [DataRow("for any i in (0..filesize) : (math.entropy(0, filesize) > 8.5)", false)]
    [DataRow("for any i in (0..filesize) : (hash.md5(0, filesize) == \"x\")", false)]
    [DataRow("for any i in (0..9223372036854775807) : (i == -1)", false)]
    public void LoopOverEveryByte_ComesToItsEnd_AndNoneForEachOfThem(string condition, bool ends)
    {
        var data = new byte[3_000_000];
        "ABCD"u8.CopyTo(data.AsSpan(2_999_000));
        var result = Scans.Compile($"import \"math\" import \"hash\" rule r {{ condition: {condition} }}").Scan(data, Scans.Facts);

        Assert.AreEqual(ends ? (1, 0) : (0, 1), (result.Matches.Count, result.NotRun.Count));
    }

    [TestMethod]
    public void LoopOverEveryByte_IsEndedFromOutside()
    {
        using var ended = new CancellationTokenSource();
        var rules = Scans.Compile("rule r { condition: for any i in (0..filesize) : (for any j in (0..1) : (uint8(i) == 1)) }");
        ended.Cancel();

        Assert.ThrowsExactly<OperationCanceledException>(() => rules.Scan(new byte[1_000_000], Scans.Facts, ended.Token));
    }

    [TestMethod]
    public void Variables_OfLoopsWithinLoops_AreTheirOwn() => Assert.IsTrue(Scans.Holds(
        "", "for all i in (1..3) : (for any j in (1..3) : (i == j and for all k in (7..8) : (k > 6 and j < 4)) and i < 4) and for any i in (5..5) : (i == 5)", ""));

    [TestMethod]
    [DataRow("$a = \"ab\"", "#a == 2 and @a[2] == 3 and !a[1] == 2", "ab ab", true)]
    [DataRow("$a = \"ab\"", "$a at 3", "ab ab", true)]
    [DataRow("$a = \"ab\"", "$a in (1..2)", "ab ab", false)]
    [DataRow("$a = \"ab\"", "#a in (1..9) == 1", "ab ab", true)]
    [DataRow("$a = \"ab\"", "@a[3] > 0 or true", "ab", true)]
    [DataRow("$a = \"ab\"", "not (@a[3] > 0)", "ab", false)]
    [DataRow("$a = \"ab\"", "defined @a[3]", "ab", false)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "2 of them", "ab", true)]
    [DataRow("$a = \"a\" $b = \"b\" $_c = \"c\"", "all of ($a, $b)", "ab", true)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "none of them", "x", true)]
    [DataRow("$a1 = \"a\" $a2 = \"b\" $c = \"c\"", "any of ($a*) and $c", "bc", true)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "1 + 1 of them", "ab", true)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "1 + 1 of them", "a", false)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "#a * 2 of them and filesize < 9", "abc", true)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "filesize > 0 and 4 - 1 of them", "ab", false)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "50% of them", "ab", true)]
    [DataRow("$a = \"a\" $b = \"b\" $c = \"c\"", "67% of them", "ab", false)]
    [DataRow("$a = \"a\" $b = \"b\"", "for all of them : ( # > 1 )", "abab", true)]
    [DataRow("$a = \"a\" $b = \"b\"", "for any of them : ( @ > 2 )", "aab", false)]
    [DataRow("$a = \"a\"", "for all i in (1..#a) : ( @a[i] % 2 == 0 )", "axaxa", true)]
    [DataRow("$a = \"a\"", "for 2 i in (1, 2, 9) : ( i < 5 ) and $a", "a", true)]
    [DataRow("", "uint16(0) == 0x6261 and uint16be(0) == 0x6162", "ab", true)]
    [DataRow("", "uint32(0) == 0", "ab", false)]
    [DataRow("", "int8(0) == -1", "\u00ff", true)]
    [DataRow("", "filesize == 3 and filesize < 1KB", "abc", true)]
    [DataRow("", "1 + 2 * 3 == 7 and 7 \\ 2 == 3 and 7 % 4 == 3 and -1 < 0", "", true)]
    [DataRow("", "(1 | 2) ^ 3 == 0 and ~0 == -1 and 1 << 4 == 16 and 0x10 >> 2 == 4", "", true)]
    [DataRow("", "((1 | 2) ^ 3) == 0 and (~0) == -1 and (1 << 4) == 16", "", true)]
    [DataRow("", "1 \\ (filesize - filesize) == 0 or 5 == 5", "", true)]
    [DataRow("", "section == \"asset\" and section icontains \"SS\" and section matches /^a.+t$/", "", true)]
    [DataRow("", "section startswith \"as\" and section endswith \"et\" and section iequals \"ASSET\"", "", true)]
    [DataRow("", "hash.md5(0, filesize) == \"900150983cd24fb0d6963f7d28e17f72\"", "abc", true)]
    [DataRow("", "hash.sha256(\"abc\") == \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"", "", true)]
    [DataRow("", "hash.crc32(0, 3) == 0x352441c2 and hash.checksum32(0, 3) == 294", "abc", true)]
    [DataRow("", "hash.sha1(5, 3) == \"\"", "abc", false)]
    [DataRow("", "math.entropy(0, filesize) == 2.0 and math.mean(0, 4) > 97.0", "abcd", true)]
    [DataRow("", "math.in_range(math.deviation(0, 4, 98.5), 0.9, 1.1) and math.max(1, 2) == 2 and math.count(0x61, 0, 4) == 1", "abcd", true)]
    [DataRow("", "for 0 i in (0..3) : (i == 2)", "abc", true)]
    [DataRow("", "for none i in (0..3) : (i == 2)", "abc", true)]
    [DataRow("", "for all i in (5..2) : (true)", "abc", false)]
    [DataRow("", "not (for any i in (5..2) : (true))", "abc", true)]
    [DataRow("", "not (for any i in (0..uint8(99)) : (true))", "abc", true)]
    [DataRow("", "for uint8(99) i in (0..3) : (i < 9)", "abc", true)]
    [DataRow("$a = \"ab\" $b = \"zz\"", "uint8(99) of them", "abc", false)]
    [DataRow("$a = \"ab\" $b = \"zz\"", "-1 of them", "abc", true)]
    [DataRow("$a = \"ab\"", "for 0 of them : ($)", "abc", true)]
    [DataRow("$a = \"ab\"", "0 of them", "abc", false)]
    [DataRow("$a = \"ab\" $b = \"zz\"", "2 of ($a, $a, $b)", "abc", true)]
    [DataRow("$a = \"ab\"", "not ($a in (0..uint8(99)))", "abc", false)]
    [DataRow("$a = \"ab\"", "not (none of them in (0..uint8(99)))", "abc", false)]
    [DataRow("", "0.1 + 0.2 == 0.3", "abc", true)]
    [DataRow("", "not (1.5 < uint8(99)) and not defined (1.5 > uint8(99))", "abc", true)]
    [DataRow("", "math.MEAN_BYTES == 127.5 and math.deviation(0, 3, math.MEAN_BYTES) > 29.0", "abc", true)]
    [DataRow("", "math.count(0x161) == 1 and math.count(-159) == 1", "abc", true)]
    [DataRow("", "math.serial_correlation(0, 3) > 2.0", ".ac", true)]
    [DataRow("", "hash.md5(0, 0) == \"d41d8cd98f00b204e9800998ecf8427e\" and math.entropy(0, 0) == 0.0", "abc", true)]
    [DataRow("", "defined hash.md5(3, 0) or defined math.mode() and filesize == 0", "abc", false)]
    [DataRow("$a = /[\\]-\\s]/", "#a == 3", "abc", true)]
    [DataRow("$a = \"a\" base64", "$a", "YQ==", true)]
    [DataRow("$a = /.*?/", "$a", "abc", false)]
    [DataRow("$a = /(\\b)*abc/", "$a", "abc", true)]
    public void Conditions_SayWhatYaraSays(string strings, string condition, string data, bool holds) => Assert.AreEqual(holds, Scans.Holds(strings, condition, data));

    [TestMethod]
    public void RulesOfRules_PrivateAndGlobalOnes()
    {
        const string rules = "private rule p { condition: filesize > 2 } rule a { condition: p } rule b { condition: any of (a, p) } rule c { condition: all of (a*) and not p }";

        CollectionAssert.AreEqual(new[] { "a", "b" }, Scans.Of(rules, "abc"));
        CollectionAssert.AreEqual(Array.Empty<string>(), Scans.Of("global rule g { condition: filesize > 9 } " + rules, "abc"));
        CollectionAssert.AreEqual(new[] { "g", "a", "b" }, Scans.Of("global rule g { condition: filesize > 1 } " + rules, "abc"));
    }

    [TestMethod]
    public void LoopThatNeverEnds_IsGivenUp_AndTheRuleCounted()
    {
        var result = Scans.Compile("rule r { condition: for all i in (0..9223372036854775806) : ( i >= 0 ) } rule s { condition: true }").Scan("a"u8.ToArray(), Scans.Facts);

        Assert.AreEqual(("s", "r"), (result.Matches.Single().Rule, result.NotRun.Single().Name));
    }

    [TestMethod]
    public void PrivateStringsAndTags_AreTold()
    {
        var match = Scans.Compile("rule r : one two { meta: severity = \"high\" n = -3 f = true strings: $a = \"a\" private $ = \"b\" condition: all of them }").Scan("ab"u8.ToArray()).Matches.Single();

        Assert.AreEqual("one two", string.Join(' ', match.Tags));
        Assert.AreEqual(("high", -3L, true), (match.Meta["severity"], match.Meta["n"], match.Meta["f"]));
        Assert.AreEqual("$", match.Strings.Single().Name);
    }
}
