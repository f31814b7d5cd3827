using PluginHost.Hosting;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Consent;

/// <summary>A policy file and, beside it, an operator's signature over exactly its bytes.</summary>
internal static class SignedPolicy
{
    /// <summary>Added to the name of the policy file.</summary>
    public const string Suffix = ".dsse";

    private const string PayloadType = "application/vnd.pluginhost.policy+toml";

    public static byte[] Sign(byte[] policy, SigningKey key) => DsseEnvelope.Sign(PayloadType, policy, key);

    /// <summary>Checks the signature.</summary>
    /// <returns>The key that signed.</returns>
    /// <exception cref="SkillStateException">There is none, it is of another file, or of nobody who may.</exception>
    public static byte[] Verify(string path, byte[] policy, IEnumerable<byte[]> operatorKeys)
    {
        DsseEnvelope envelope;
        try
        {
            envelope = DsseEnvelope.Read(BoundedFile.Read(path + Suffix, DsseEnvelope.MaxBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SkillStateException("policy", $"the signature of the policy file '{path}' cannot be read: {e.Message}", e);
        }

        if (envelope.PayloadType != PayloadType || !envelope.Payload.AsSpan().SequenceEqual(policy))
        {
            throw new SkillStateException("policy", $"the signature beside '{path}' is of another file");
        }

        return envelope.SignedBy(operatorKeys) ?? throw new SkillStateException("policy", $"the policy file '{path}' is signed by no operator's key that is known here");
    }
}
