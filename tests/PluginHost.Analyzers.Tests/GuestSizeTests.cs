namespace PluginHost.Analyzers.Tests;

/// <summary>PHG019.</summary>
[TestClass]
public sealed class GuestSizeTests
{
    private static string Function(string body) => Rules.Class($$"""
        private const int Max = 100;
        private readonly int _max = 100;

        [HostFunction("a"), NoCapability("test")]
        public object? One(int n, long big, byte small, string text, Message message)
        {
        {{body}}
        }

        public sealed record Message(int Count, string Name);
        """);

    [TestMethod]
    [DataRow("return new byte[{|PHG019:n|}];")]
    [DataRow("return new List<int>({|PHG019:n|});")]
    [DataRow("return System.Buffers.ArrayPool<byte>.Shared.Rent({|PHG019:n|});")]
    [DataRow("return new string('x', {|PHG019:n|});")]
    [DataRow("var size = n * 2; return new byte[{|PHG019:size|}];")]
    [DataRow("return new byte[{|PHG019:int.Parse(text)|}];")]
    [DataRow("return new byte[{|PHG019:message.Count|}];")]
    [DataRow("if (n < 0) { throw new ArgumentException(); } return new byte[{|PHG019:n|}];")]
    [DataRow("var sum = 0; for (var i = 0; i < {|PHG019:n|}; i++) { sum += i; } return sum;")]
    [DataRow("var sum = 0L; while (sum < {|PHG019:big|}) { sum++; } return sum;")]
    [DataRow("return Enumerable.Repeat(1, {|PHG019:n|});")]
    [DataRow("if (n > Max) { Console.Write(1); } return new byte[{|PHG019:n|}];")]
    [DataRow("return System.Text.RegularExpressions.Regex.IsMatch({|PHG019:text|}, \"(a+)+$\");")]
    [DataRow("Func<byte[]> make = () => new byte[{|PHG019:n|}]; return make();")]
    [DataRow("if (n > message.Count) { throw new ArgumentException(); } return new byte[{|PHG019:n|}];")]
    [DataRow("if (Math.Max(n, Max) is var m) { return new byte[{|PHG019:m|}]; } return null;")]
    [DataRow("return new byte[{|PHG019:Math.Max(n, Max)|}];")]
    [DataRow("if ((int)big > Max) { throw new ArgumentException(); } return new byte[{|PHG019:big|}];")]
    public Task Unbounded_IsReported(string body) => Rules.Report(Function(body));

    [TestMethod]
    [DataRow("return new byte[Math.Min(n, Max)];")]
    [DataRow("return new byte[Math.Clamp(n, 0, _max)];")]
    [DataRow("ArgumentOutOfRangeException.ThrowIfGreaterThan(n, Max); return new byte[n];")]
    [DataRow("if (n > Max) { throw new ArgumentException(); } return new byte[n];")]
    [DataRow("if (n is < 0 or > 100) { throw new ArgumentException(); } return new byte[n];")]
    [DataRow("if (n is >= 0 and <= 100) { return new byte[n]; } return null;")]
    [DataRow("return n <= _max ? new byte[n] : null;")]
    [DataRow("return new byte[small];")]
    [DataRow("return new byte[n & 0xff];")]
    [DataRow("return new byte[n % 10];")]
    [DataRow("return new byte[text.Length];")]
    [DataRow("for (var i = 0; i < text.Length; i++) { Console.Write(i); } return null;")]

    [DataRow("return System.Text.RegularExpressions.Regex.IsMatch(text, \"a\", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));")]
    [DataRow("return System.Text.RegularExpressions.Regex.IsMatch(text, \"a\", System.Text.RegularExpressions.RegexOptions.NonBacktracking);")]
    [DataRow("return new[] { n, 2 };")]
    [DataRow("if (n == 5) { return new byte[n]; } return null;")]
    [DataRow("n = n > Max ? Max : n; return new byte[n];")]
    [DataRow("if (message.Count > Max) { throw new ArgumentException(); } return new byte[message.Count];")]
    [DataRow("Check(n); return new byte[n]; static void Check(int n) { if (n > Max) { throw new ArgumentException(); } }")]
    [DataRow("if (n > Max) { Fail(); } return new byte[n]; static void Fail() => throw new ArgumentException();")]
    [DataRow("var max = _max; return new byte[Math.Min(n, max)];")]
    [DataRow("for (var i = 0; i < n && i < Max; i++) { Console.Write(i); } return null;")]
    public Task Bounded_IsSilent(string body) => Rules.Silent(Function(body));

    [TestMethod]
    public Task Fix_InsertsABound() => Rules.Fix(
        "PHG019",
        Function("    return new byte[n];"),
        Function("    ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 1_024);\n    return new byte[n];"));
}
