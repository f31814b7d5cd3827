namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>select (spec 4.4.4.2) with every kind of condition and operand, beside an if that says the same.</summary>
[TestClass]
public sealed class SelectTests
{
    private static readonly long[] Numbers = [0, 1, 2, -1, 7, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 0x1_0000_0000];

    private static readonly string[] Comparisons =
    [
        .. from type in new[] { "i32", "i64" }
           from name in new[] { "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u" }
           select $"({type}.{name} {Local(type, 0)} {Local(type, 1)})",
        .. from name in new[] { "eq", "ne", "lt", "gt", "le", "ge" }
           select $"(f64.{name} (f64.reinterpret_i64 (local.get 0)) (f64.reinterpret_i64 (local.get 1)))",
    ];

    private static readonly string[] Conditions =
    [
        .. Comparisons, "(i32.eqz (i32.wrap_i64 (local.get 0)))", "(i64.eqz (local.get 0))", "(i32.wrap_i64 (local.get 0))",
        "(i32.and (i32.wrap_i64 (local.get 0)) (i32.const 1))", "(i32.and (i32.wrap_i64 (local.get 0)) (i32.const 2))",
    ];

    private static readonly (string First, string Second)[] Operands =
    [
        ("(local.get 0)", "(local.get 1)"),
        ("(i64.const 0)", "(local.get 1)"),
        ("(local.get 0)", "(i64.const 0)"),
        ("(i64.const 5)", "(i64.const -9)"),
        ("(i64.add (local.get 0) (i64.const 3))", "(local.get 0)"),
        ("(local.get 1)", "(i64.add (local.get 1) (i64.const -1))"),
        ("(i64.add (local.get 1) (i64.const -1))", "(local.get 0)"),
    ];

    private static IEnumerable<object[]> Programs =>
        Conditions.SelectMany((_, condition) => new[] { "i32", "i64" }.Select(type => new object[] { condition, type }));

    [TestMethod]
    [DynamicData(nameof(Programs))]
    public void Select_ChoosesAsAnIfDoes(int condition, string type)
    {
        var functions = Operands.Select((operand, i) => $"""
            (func (export "select{i}") (param i64 i64) (result {type})
              (select {Typed(type, operand.First)} {Typed(type, operand.Second)} {Conditions[condition]}))
            (func (export "if{i}") (param i64 i64) (result {type})
              (if (result {type}) {Conditions[condition]} (then {Typed(type, operand.First)}) (else {Typed(type, operand.Second)})))
            """);
        using var guest = new Guest($"(module {string.Concat(functions)})");
        for (var i = 0; i < Operands.Length; i++)
        {
            foreach (var (a, b) in Numbers.SelectMany(a => Numbers.Select(b => (WasmValue.FromI64(a), WasmValue.FromI64(b)))))
            {
                Assert.AreEqual(guest.Call($"if{i}", a, b)[0], guest.Call($"select{i}", a, b)[0], $"{Operands[i]} {a} {b}");
            }
        }
    }

    private static string Local(string type, int index) => Typed(type, $"(local.get {index})");

    /// <summary>An i32 is made of the same text, so that sums with a constant stay what they are.</summary>
    private static string Typed(string type, string operand) => type == "i64" ? operand
        : operand.Contains("i64.add", StringComparison.Ordinal) || operand.Contains("const", StringComparison.Ordinal) && !operand.Contains("local", StringComparison.Ordinal)
            ? operand.Replace("i64.", "i32.", StringComparison.Ordinal).Replace("(local.get 0)", "(i32.wrap_i64 (local.get 0))", StringComparison.Ordinal).Replace("(local.get 1)", "(i32.wrap_i64 (local.get 1))", StringComparison.Ordinal)
            : $"(i32.wrap_i64 {operand})";
}
