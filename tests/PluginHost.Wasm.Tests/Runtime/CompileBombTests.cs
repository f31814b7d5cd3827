using System.Globalization;
using System.Text;
using PluginHost.Conformance.Bombs;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Modules made to keep a compiler busy. Each must load and answer, or be refused, and soon.</summary>
[TestClass]
public sealed class CompileBombTests
{
    public TestContext TestContext { get; set; } = null!;

    private static readonly Dictionary<string, Func<string>> Bombs = new(StringComparer.Ordinal)
    {
        ["nested blocks"] = () => Nest("(block ", 2_000, "(nop)"),
        ["nested loops"] = () => Nest("(loop ", 2_000, "(nop)"),
        ["nested ifs"] = () => Nest("(if (local.get 0) (then (nop)) (else ", 2_000, "(nop)", "))"),
        ["loops over shared locals"] = () => Repeat(2_000, i => $"(loop (local.set {i % 100} (i32.add (local.get {(i * 7) % 100}) (i32.const 1))))", locals: 100),
        ["many locals"] = () => Repeat(100, i => $"(local.set {i * 400} (i32.const {i}))", locals: 49_000),
        ["straight line"] = () => Repeat(30_000, i => $"(local.set 0 (i32.xor (local.get 0) (i32.const {i})))"),
        ["one expression"] = () => Repeat(1, _ => "(drop " + string.Concat(Enumerable.Repeat("(i32.add (local.get 0) ", 1_500)) + "(i32.const 0)" + new string(')', 1_500) + ")"),
        ["br_tables"] = () => Repeat(50, _ => "(block (br_table " + string.Concat(Enumerable.Repeat("0 ", 5_000)) + "(local.get 0)))"),
        ["pending operands"] = () => Repeat(1, _ => string.Concat(Enumerable.Repeat("local.get 0 ", 20_000)) + string.Concat(Enumerable.Repeat("i32.const 1 local.set 0 ", 2_000)) + string.Concat(Enumerable.Repeat("drop ", 20_000))),
        ["many functions"] = () => "(module " + string.Concat(Enumerable.Repeat("(func (result i32) (i32.const 1))", 20_000)) + """(func (export "run") (param i32) (result i32) (call 19999)))""",
        ["many returns"] = () => Repeat(30_000, _ => "(br_if 0 (i32.const 1) (i32.eqz (local.get 0))) drop "),
        ["many back edges"] = () => "(module (func (export \"run\") (param i32) (result i32) (loop " + string.Concat(Enumerable.Repeat("(br_if 0 (i32.eqz (local.get 0)))", 30_000)) + ") (i32.const 1)))",
        ["many tables of returns"] = () => Repeat(20_000, _ => "(block (br_table 0 1 (i32.const 1) (i32.const 0)) )").Replace("(br_table 0 1 (i32.const 1) (i32.const 0))", "(br_table 0 0 (i32.const 0))", StringComparison.Ordinal),
        ["many loads"] = () => Repeat(5_000, i => $"(i32.store offset={i * 4} (local.get 0) (i32.load offset={i * 8} (local.get 0)))"),
    };

    public static IEnumerable<object[]> Names => Bombs.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    [Timeout(60_000)]
    public void Bomb_LoadsAndAnswers(string name)
    {
        var text = Bombs[name]();
        byte[] bytes = [];
        var reader = new Thread(() => bytes = TextModule.Encode(text), 256 * 1024 * 1024);
        reader.Start();
        reader.Join();
        using var store = new Store();
        var compiled = CompiledModule.Compile(WasmModule.Decode(bytes));

        var result = new Linker().Instantiate(store, compiled).GetFunction("run")!.Invoke(WasmValue.FromI32(1));

        Assert.AreEqual(1, result[0].I32);
    }

    /// <summary>Each in a process of its own, as the bombs of the catalogue are megabytes and one that is not met ends the process.</summary>
    [TestMethod]
    [Timeout(300_000)]
    public void Catalogue_OfBombs_LeavesEachProcessAlive()
    {
        using var output = new StringWriter();

        var code = BombsCommand.Run([], output);

        TestContext.WriteLine(output.ToString());
        Assert.AreEqual(0, code, output.ToString());
    }

    private static readonly string Wide = string.Concat(Enumerable.Repeat("i32 ", 1_000));

    private static readonly Dictionary<string, Func<string>> Refused = new(StringComparer.Ordinal)
    {
        ["loops with a thousand parameters"] = () => WideBody(string.Concat(Enumerable.Repeat("loop (type $wide) end ", 2_000))),
        ["branches with a thousand values"] = () => WideBody(string.Concat(Enumerable.Repeat("i32.const 0 br_if 0 ", 4_000))),
        ["tables of branches with a thousand values"] = () => WideBody(
            string.Concat(Enumerable.Repeat("block (type $wide) ", 60))
            + string.Concat(Enumerable.Repeat("i32.const 0 br_table " + string.Join(' ', Enumerable.Range(0, 50)) + " end ", 60))),
        ["ifs with a thousand results and many locals"] = () => WideBody(
            string.Concat(Enumerable.Repeat("i32.const 0 if (type $wide) ", 60)) + string.Concat(Enumerable.Repeat("end ", 60)), locals: 48_000),
    };

    public static IEnumerable<object[]> RefusedNames => Refused.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(RefusedNames))]
    [Timeout(60_000)]
    public void Bomb_OfFewBytesAndMuchCode_IsRefusedWhenLoadedOrCalled(string name)
    {
        try
        {
            using var guest = new Guest(Refused[name]());
            var arguments = new WasmValue[1_000];
            Array.Fill(arguments, WasmValue.FromI32(0));
            guest.Call("run", arguments);
        }
        catch (WasmLimitException)
        {
            return;
        }
        catch (WasmTrapException trap)
        {
            Assert.AreEqual(TrapKind.CodeLimit, trap.Kind);
            return;
        }

        Assert.Fail("accepted");
    }

    [TestMethod]
    public void Functions_BeyondTheCodeLimit_AreNotCompiled()
    {
        var body = string.Concat(Enumerable.Repeat("(local.set 0 (i32.mul (local.get 0) (i32.const 77777))) ", 50));
        var functions = Enumerable.Range(0, 100).Select(i => $"""(func (export "f{i}") (param i32) (result i32) {body} (i32.const 1))""");
        var program = $"(module {string.Concat(functions)})";
        using var guest = new Guest(program, new CompilationOptions { CodeBytes = 20_000 });

        Assert.AreEqual(1, guest.CallI32("f0", 1));
        var refused = Enumerable.Range(1, 99).Select(i => Record(() => guest.CallI32($"f{i}", 1))).OfType<WasmTrapException>().ToList();

        Assert.IsNotEmpty(refused);
        Assert.IsTrue(refused.TrueForAll(trap => trap.Kind == TrapKind.CodeLimit));
        Assert.AreEqual(1, guest.CallI32("f0", 1));
    }

    private static WasmTrapException? Record(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (WasmTrapException e)
        {
            return e;
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public void TableGrow_PaysForWhatItCopies()
    {
        using var guest = new Guest("""
            (module (table 900000 funcref) (func (export "run") (param i32) (result i32)
              (loop (drop (table.grow (ref.null func) (i32.const 1))) (br 0)) (unreachable)))
            """);
        guest.Store.Fuel = 10_000_000;

        Assert.AreEqual(TrapKind.OutOfFuel, guest.Trap("run", 1).Kind);
        Assert.IsTrue(guest.Instance.Tables[0].Length < 900_020);
    }

    private static string WideBody(string code, int locals = 0) =>
        $"""(module (type $wide (func (param {Wide}) (result {Wide}))) (func (export "run") (type $wide) (local {string.Concat(Enumerable.Repeat("i32 ", locals))}) {string.Concat(Enumerable.Range(0, 1_000).Select(i => $"local.get {i} "))} {code}))""";

    private static string Nest(string open, int depth, string inner, string close = ")") => Body(
        new StringBuilder().Insert(0, open, depth).Append(inner).Insert(0, "", 1).ToString() + string.Concat(Enumerable.Repeat(close, depth)), 0);

    private static string Repeat(int count, Func<int, string> part, int locals = 0) =>
        Body(string.Concat(Enumerable.Range(0, count).Select(part)), locals);

    private static string Body(string code, int locals) => string.Create(CultureInfo.InvariantCulture,
        $"""(module (memory 2) (func (export "run") (param i32) (result i32) (local {string.Concat(Enumerable.Repeat("i32 ", locals))}) {code} (i32.const 1)))""");
}
