using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace PluginHost.Wasm.Tests.Text;

[TestClass]
public sealed class NumbersTests
{
    [TestMethod]
    [DataRow("0x1p-149", 1u)]
    [DataRow("0x1p-150", 0u)]
    [DataRow("0x1.000001p-150", 1u)]
    [DataRow("0x1.fffffep127", 0x7F7FFFFFu)]
    [DataRow("-nan:0x200000", 0xFFA00000u)]
    [DataRow("0x1.000001p0", 0x3F800000u)]
    [DataRow("0x1.000003p0", 0x3F800002u)]
    [DataRow("1_0.5e0_1", 0x42D20000u)]
    public void Float32_IsRoundedToNearestEven(string text, uint bits) => Assert.AreEqual(bits, (uint)Numbers.Float(text, 32)!.Value);

    [TestMethod]
    [DataRow("0x1p128")]
    [DataRow("1e39")]
    [DataRow("1__0")]
    [DataRow("_1")]
    [DataRow("1.e")]
    [DataRow("nan:0x0")]
    [DataRow("")]
    public void Float32_OutOfRangeOrMalformed_IsNull(string text) => Assert.IsNull(Numbers.Float(text, 32));

    [TestMethod]
    public void Float64_HexForm_RoundTrips() => Prop.ForAll<NormalFloat>(value =>
    {
        var bits = BitConverter.DoubleToUInt64Bits(Math.Abs(value.Get));
        var exponent = (int)(bits >> 52);
        var mantissa = (bits & ((1ul << 52) - 1)) | (exponent == 0 ? 0 : 1ul << 52);
        var power = Math.Max(exponent, 1) - 1023 - 52;
        return Numbers.Float($"0x{mantissa:x}p{power.ToString(CultureInfo.InvariantCulture)}", 64) == bits;
    }).QuickCheckThrowOnFailure();

    [TestMethod]
    [DataRow("-0x80000000", 0x80000000ul)]
    [DataRow("4294967295", 0xFFFFFFFFul)]
    [DataRow("-1", 0xFFFFFFFFul)]
    public void Integer32_TakesEitherSignedness(string text, ulong bits) => Assert.AreEqual(bits, Numbers.Integer(text, 32));

    [TestMethod]
    [DataRow("-2147483649")]
    [DataRow("4294967296")]
    [DataRow("0x")]
    [DataRow("+-1")]
    public void Integer32_OutOfRange_IsNull(string text) => Assert.IsNull(Numbers.Integer(text, 32));
}
