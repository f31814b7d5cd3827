namespace PluginHost.Skills.Cryptography;

/// <summary>What a verification found.</summary>
internal enum SignatureVerdict
{
    /// <summary>The signature holds.</summary>
    Valid,

    /// <summary>The key is not 32 bytes, or the signature not 64.</summary>
    WrongLength,

    /// <summary>The key encodes no point, or not in the canonical way.</summary>
    MalformedKey,

    /// <summary>The key is of small order: one signature would hold for many messages.</summary>
    WeakKey,

    /// <summary>S is not below the group order: a second signature could be made from a first.</summary>
    MalleableSignature,

    /// <summary>R is of small order.</summary>
    MalformedSignature,

    /// <summary>The signature is of another message or key, or its R is no canonical encoding of a point.</summary>
    Mismatch,
}
