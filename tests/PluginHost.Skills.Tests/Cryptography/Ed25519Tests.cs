using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Cryptography;

[TestClass]
public sealed class Ed25519Tests
{
    private static readonly BigInteger Order = BigInteger.Parse("7237005577332262213973186563042994240857116359379907606001950938285454250989", CultureInfo.InvariantCulture);

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    private static readonly Arbitrary<byte[]> Bytes64 = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(64).ToArbitrary();

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    /// <summary>RFC 8032, 7.1.</summary>
    [TestMethod]
    [DataRow(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [DataRow(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [DataRow(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Rfc8032_Vectors(string seed, string key, string message, string signature)
    {
        Assert.AreEqual(key, Convert.ToHexStringLower(Ed25519.PublicKey(Hex(seed))));
        Assert.AreEqual(signature, Convert.ToHexStringLower(Ed25519.Sign(Hex(seed), Hex(message))));
        Assert.AreEqual(SignatureVerdict.Valid, Ed25519.Verify(Hex(key), Hex(message), Hex(signature)));
    }

    [TestMethod]
    public void PackageSignature_KnownAnswer()
    {
        var seed = Enumerable.Repeat((byte)5, 32).ToArray();
        var payload = Encoding.ASCII.GetBytes("1519c9638a7092f738595f1cbea92106a7b4954391c456fb7d3cefbbe1786a0d");

        Assert.AreEqual("bnoc3Smwt4/ROvTFWY/v9O8qlxZuPKby5Pv8zYBQW/E=", Convert.ToBase64String(Ed25519.PublicKey(seed)));
        Assert.AreEqual(
            "/ZQ0hnJ3lxeN9tHmrBT9FjTgslk3Baj2nJ29YZ89vpijizi5dZ80Q/MSYhYa/5Bz/JoMA/YQGqNo4ht6+sSQDQ==",
            Convert.ToBase64String(Ed25519.Sign(seed, payload)));
    }

    [TestMethod]
    public void Signature_WithAnyBitFlipped_DoesNotHold()
    {
        var seed = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var key = Ed25519.PublicKey(seed);
        var message = "skill"u8.ToArray();
        var signature = Ed25519.Sign(seed, message);
        for (var bit = 0; bit < 512; bit++)
        {
            var changed = signature.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.AreNotEqual(SignatureVerdict.Valid, Ed25519.Verify(key, message, changed), $"bit {bit}");
        }

        for (var bit = 0; bit < 256; bit++)
        {
            var changed = key.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.AreNotEqual(SignatureVerdict.Valid, Ed25519.Verify(changed, message, signature), $"key bit {bit}");
        }
    }

    [TestMethod]
    public void Signature_PlusTheOrder_IsMalleable()
    {
        var seed = new byte[32];
        var signature = Ed25519.Sign(seed, "m"u8);
        var s = new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order;
        (s.ToByteArray(isUnsigned: true).Concat(new byte[32]).Take(32).ToArray()).CopyTo(signature, 32);

        Assert.AreEqual(SignatureVerdict.MalleableSignature, Ed25519.Verify(Ed25519.PublicKey(seed), "m"u8, signature));
    }

    /// <summary>The eight points of small order, in their canonical encodings.</summary>
    [TestMethod]
    [DataRow("0100000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000000")]
    [DataRow("0000000000000000000000000000000000000000000000000000000000000080")]
    [DataRow("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [DataRow("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [DataRow("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [DataRow("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    public void Key_OfSmallOrder_IsWeak(string key) =>
        Assert.AreEqual(SignatureVerdict.WeakKey, Ed25519.Verify(Hex(key), "m"u8, new byte[64]));

    [TestMethod]
    [DataRow(31, 64)]
    [DataRow(33, 64)]
    [DataRow(32, 63)]
    [DataRow(32, 65)]
    [DataRow(0, 0)]
    public void WrongLengths_AreRefused(int key, int signature) =>
        Assert.AreEqual(SignatureVerdict.WrongLength, Ed25519.Verify(new byte[key], [], new byte[signature]));

    [TestMethod]
    public void Scalars_AgreeWithBigIntegers() => Prop.ForAll(Bytes64, Bytes64, (x, y) =>
    {
        var reduced = new byte[32];
        Scalar.Reduce(x, reduced);
        var expected = new BigInteger(x, isUnsigned: true) % Order;
        var (a, b, c) = (x[..32], x[32..], y[..32]);
        var product = new byte[32];
        Scalar.MultiplyAdd(a, b, c, product);
        var (left, right, sum) = (new BigInteger(a, isUnsigned: true), new BigInteger(b, isUnsigned: true), new BigInteger(c, isUnsigned: true));
        return new BigInteger(reduced, isUnsigned: true) == expected
            && new BigInteger(product, isUnsigned: true) == ((left * right) + sum) % Order
            && Scalar.IsCanonical(a) == (left < Order);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [TestMethod]
    public void FieldElements_AgreeWithBigIntegers() => Prop.ForAll(Bytes64, bytes =>
    {
        bytes[31] &= 0x7F;
        bytes[63] &= 0x7F;
        var (x, y) = (FieldElement.Read(bytes.AsSpan(0, 32)), FieldElement.Read(bytes.AsSpan(32)));
        var (a, b) = (new BigInteger(bytes.AsSpan(0, 32), isUnsigned: true), new BigInteger(bytes.AsSpan(32), isUnsigned: true));
        return Number(x * y) == a * b % Prime
            && Number(x + y) == (a + b) % Prime
            && Number(x - y) == (a - b + (2 * Prime)) % Prime
            && Number((x - y - y - y) * (x + y + y + y)) == (a - (3 * b) + (6 * Prime)) * (a + (3 * b)) % Prime
            && Number(x.Inverted()) == BigInteger.ModPow(a, Prime - 2, Prime)
            && Number(x.Power22523()) == BigInteger.ModPow(a, (Prime - 5) / 8, Prime);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [TestMethod]
    public void FieldElements_AtTheEdges_AreCanonical()
    {
        foreach (var offset in new[] { -2, -1, 0, 1, 18 })
        {
            var bytes = (Prime + offset).ToByteArray(isUnsigned: true);
            Assert.AreEqual((Prime + offset) % Prime, Number(FieldElement.Read(bytes)));
        }
    }

    private static BigInteger Number(FieldElement element)
    {
        var bytes = new byte[32];
        element.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }
}
