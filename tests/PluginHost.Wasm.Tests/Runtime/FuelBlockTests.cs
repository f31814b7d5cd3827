using System.Text;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Charges that several blocks share come to the same as charging each basic block where it runs.</summary>
[TestClass]
public sealed class FuelBlockTests
{
    private const long Budget = 1_000_000;
    private static readonly CompilationOptions EachBlock = new() { ChargeEachBlock = true };

    [TestMethod]
    public void Fuel_OfARunThatReturns_IsWhatItExecuted()
    {
        var returned = 0;
        for (var seed = 0; seed < 1000; seed++)
        {
            var program = new StructuredProgram(seed).Text;
            for (var argument = 0; argument < 4; argument++)
            {
                var (shared, sharedResult) = Run(program, argument, new CompilationOptions());
                var (each, eachResult) = Run(program, argument, EachBlock);

                Assert.AreEqual(eachResult, sharedResult, program);
                if (eachResult is not null)
                {
                    Assert.AreEqual(each, shared, program);
                    returned++;
                }
            }
        }

        Assert.IsTrue(returned > 2000, $"only {returned} runs returned");
    }

    [TestMethod]
    [DataRow("""(if (local.get 0) (then (nop)) (else (block (drop (local.get 0)) (block (br 1)) (unreachable)) (return (i32.const 2))))""", DisplayName = "a branch that comes back into the block it left")]
    [DataRow("""(block (block (return (i32.const 5))) (loop (nop) (br_if 0 (local.get 0))))""", DisplayName = "instructions that never run")]
    [DataRow("""(loop (block (if (local.get 0) (then (br 1))) (br 1)) (nop) (drop (i32.const 1)))""", DisplayName = "two ways out of one block")]
    public void Fuel_OfKnownShapes_IsWhatTheyExecuted(string body)
    {
        foreach (var argument in new[] { 0, 1 })
        {
            var program = $"""(module (func (export "run") (param i32) (result i32) {body} (i32.const 1)))""";

            Assert.AreEqual(Run(program, argument, EachBlock), Run(program, argument, new CompilationOptions()));
        }
    }

    [TestMethod]
    public void Fuel_OfARunThatTraps_IsNoLessThanWhatItExecuted()
    {
        const string program = """
            (module (memory 1) (func (export "run") (param i32) (result i32)
              (block (if (local.get 0) (then (drop (i32.load (i32.const -1))))))
              (i32.add (i32.const 1) (i32.const 2))))
            """;

        Assert.AreEqual((2 + 3, 3), Run(program, 0, new CompilationOptions()));
        Assert.AreEqual((2 + 2, null), Run(program, 1, EachBlock));
        Assert.AreEqual((2 + 2 + 3, null), Run(program, 1, new CompilationOptions()));
    }

    private static (long Fuel, int? Result) Run(string program, int argument, CompilationOptions options)
    {
        using var guest = new Guest(program, options);
        guest.Store.Fuel = Budget;
        int? result;
        try
        {
            result = guest.CallI32("run", argument);
        }
        catch (WasmTrapException)
        {
            result = null;
        }

        return (Budget - guest.Store.Fuel, result);
    }

    /// <summary>Blocks, loops and arms inside each other with branches out of all of them; every loop counts down the same number.</summary>
    private sealed class StructuredProgram
    {
        private readonly Random _random;
        private readonly StringBuilder _text = new();
        private int _depth;

        public StructuredProgram(int seed)
        {
            _random = new Random(seed);
            _text.Append("""(module (memory 1) (func (export "run") (param $x i32) (result i32) (local $n i32) (local $sum i32) (local.set $n (i32.const 40)) """);
            Nested(" (block", 5);
            _text.Append(" (local.get $sum)))");
        }

        public string Text => _text.ToString();

        private void Statements(int size)
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                Statement(size);
            }
        }

        private void Statement(int size)
        {
            switch (_random.Next(size > 0 ? 12 : 5))
            {
                case 0:
                    _text.Append($" (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 3)) (i32.const {_random.Next(100)})))");
                    break;
                case 1:
                    _text.Append(" (local.set $x (i32.add (local.get $x) (i32.const 1)))");
                    break;
                case 2:
                    _text.Append($" (br_if {Target()} {Condition()})");
                    break;
                case 3 when _random.Next(4) == 0:
                    _text.Append(_random.Next(3) switch { 0 => " (return (local.get $sum))", 1 => " (drop (i32.load (i32.const -1)))", _ => " (return (i32.const 5))" });
                    break;
                case 3:
                    _text.Append($" (if {Condition()} (then (return (local.get $sum))))");
                    break;
                case 4:
                    _text.Append(_random.Next(3) == 0 ? $" (br {Target()})" : " (nop)");
                    break;
                case 5 or 6:
                    Nested(" (block", size);
                    break;
                case 7 or 8:
                    Nested(" (loop (local.set $n (i32.sub (local.get $n) (i32.const 1))) (if (i32.lt_s (local.get $n) (i32.const 0)) (then (return (local.get $sum))))", size);
                    break;
                case 9:
                    Nested($" (if {Condition()} (then", size);
                    _text.Append(')');
                    break;
                case 10:
                    Nested($" (if {Condition()} (then", size);
                    Nested(" (else", size);
                    _text.Append(')');
                    break;
                default:
                    _text.Append($" (block (br_table 0 {1 + Target()} {Target()} {1 + Target()} (i32.and (local.get $x) (i32.const 3))))");
                    break;
            }
        }

        private void Nested(string head, int size)
        {
            _text.Append(head);
            _depth++;
            Statements(size - 1);
            _depth--;
            _text.Append(')');
        }

        /// <summary>A block around this place. The function itself would need a value.</summary>
        private int Target() => _random.Next(_depth);

        private string Condition() => $"(i32.and (i32.add (local.get $x) (local.get $n)) (i32.const {1 << _random.Next(3)}))";
    }
}
