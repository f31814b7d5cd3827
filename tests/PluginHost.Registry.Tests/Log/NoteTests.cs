using System.Text;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class NoteTests
{
    /// <summary>The example of c2sp.org/signed-note's Go implementation.</summary>
    private const string Example = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private const string ExampleKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private static string Refusal(string note) => Assert.ThrowsExactly<FormatException>(() => Note.Read(Encoding.UTF8.GetBytes(note))).Message;

    [TestMethod]
    public void PublishedExample_IsSignedByItsKey()
    {
        var note = Note.Read(Example);

        Assert.IsTrue(note.IsSignedBy(NoteKey.Parse(ExampleKey)));
        Assert.AreEqual(Example, note.ToString());
        Assert.AreEqual(ExampleKey, NoteKey.Parse(ExampleKey).ToString());
    }

    [TestMethod]
    public void KnownKeyWhoseSignatureDoesNotHold_SpoilsTheNote() =>
        Assert.ThrowsExactly<LogFault>(() => Note.Read(Example.Replace("answer", "Answer", StringComparison.Ordinal)).IsSignedBy(NoteKey.Parse(ExampleKey)));

    [TestMethod]
    public void UnknownKeys_AreIgnored_EvenIfTheyShareNameOrId()
    {
        var note = Note.Read(Example).With([Note.SignatureOf("something else\n", "PeterNeumann", LogKeys.Of(3)), Note.SignatureOf("something else\n", "another", LogKeys.Of(3))]);

        Assert.IsTrue(note.IsSignedBy(NoteKey.Parse(ExampleKey)));
        Assert.IsFalse(Note.Read(Example).IsSignedBy(new NoteKey("PeterNeumann", NoteKey.Ed25519Type, LogKeys.Of(3).PublicKey)));
    }

    [TestMethod]
    [DataRow("text\n")]
    [DataRow("text\n\n")]
    [DataRow("text\n\n— name\n")]
    [DataRow("text\n\n— name AAAA\n")]
    [DataRow("text\n\n— name x08go/ZJ\n— \n")]
    [DataRow("text\n\n- name x08go/ZJkuBS\n")]
    [DataRow("text\n\n— na+me x08go/ZJkuBS\n")]
    [DataRow("text\n\n— name  x08go/ZJkuBS\n")]
    [DataRow("text\n\n— name x08go/ZJkuBS")]
    [DataRow("te\u0001xt\n\n— name x08go/ZJkuBS\n")]
    [DataRow("te\txt\n\n— name x08go/ZJkuBS\n")]
    [DataRow("text\r\n\n— name x08go/ZJkuBS\n")]
    [DataRow("text\n\n— name x08go/ZJkuBS=\n")]
    public void MalformedNotes_AreRefused(string note) => Assert.AreNotEqual("", Refusal(note));

    [TestMethod]
    public void BytesThatAreNoUtf8_AreRefused() => Assert.ThrowsExactly<FormatException>(() => Note.Read([(byte)'a', 0xFF, (byte)'\n', (byte)'\n', .. "— name x08go/ZJkuBS\n"u8]));

    [TestMethod]
    public void Length_IsCountedInBytes() => Assert.AreNotEqual("", Assert.ThrowsExactly<FormatException>(() => Note.Read(new string('\u4e00', 100_000) + "\n\n— name x08go/ZJkuBS\n")).Message);

    [TestMethod]
    public void SixteenSignatures_AreRead_AndAHundredAndOneAreNot()
    {
        string Signed(int count) => Example + string.Concat(Enumerable.Range(0, count).Select(i => Note.SignatureOf("x\n", $"key{i}", LogKeys.Of(4))));

        Assert.IsTrue(Note.Read(Signed(16)).IsSignedBy(NoteKey.Parse(ExampleKey)));
        Assert.AreNotEqual("", Refusal(Signed(101)));
    }

    [TestMethod]
    [DataRow("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [DataRow("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T")]
    [DataRow("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [DataRow("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [DataRow("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [DataRow("PeterNeumann")]
    public void MalformedKeys_AreRefused(string key) => Assert.ThrowsExactly<FormatException>(() => NoteKey.Parse(key));

    [TestMethod]
    public void Cosignature_BindsItsTime_AndCountsOncePerKey()
    {
        var text = Checkpoint.Of(LogKeys.Origin, 3, MerkleTree.LeafHash([])).Text;
        var note = Note.Read($"{text}\n{Note.CosignatureOf(text, LogKeys.Witness(7).Name, LogKeys.Of(7), 1_700_000_000)}{Note.CosignatureOf(text, LogKeys.Witness(7).Name, LogKeys.Of(7), 1_600_000_000)}");

        Assert.AreEqual(1_600_000_000UL, note.Signers([LogKeys.Witness(7)]).Single().Value);

        // The same bytes with another time in front of the signature.
        var line = note.Signatures[0];
        var forged = $"— {line.Name} {Convert.ToBase64String([(byte)(line.Id >> 24), (byte)(line.Id >> 16), (byte)(line.Id >> 8), (byte)line.Id, .. line.Signature[..7], (byte)(line.Signature[7] + 1), .. line.Signature[8..]])}\n";
        Assert.ThrowsExactly<LogFault>(() => Note.Read($"{text}\n{forged}").Signers([LogKeys.Witness(7)]));

        // A cosignature is no signature, and the other way round.
        Assert.IsFalse(note.IsSignedBy(new NoteKey(LogKeys.Witness(7).Name, NoteKey.Ed25519Type, LogKeys.Of(7).PublicKey)));
    }

    [TestMethod]
    [DataRow("o\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", true)]
    [DataRow("o\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n", true)]
    [DataRow("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", true)]
    [DataRow("o\n0\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n", false)]
    [DataRow("o\n03\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [DataRow("o\n-3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [DataRow("o\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [DataRow("\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", false)]
    [DataRow("o\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nx\n", false)]
    [DataRow("o\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", false)]
    [DataRow("o\n3\n47DEQpj8HBSa\n", false)]
    [DataRow("o\n3\n", false)]
    public void Checkpoints_HaveOneForm(string text, bool isOne)
    {
        if (isOne)
        {
            Assert.AreEqual(text, Checkpoint.Read(text).Text);
        }
        else
        {
            Assert.ThrowsExactly<FormatException>(() => Checkpoint.Read(text));
        }
    }
}
