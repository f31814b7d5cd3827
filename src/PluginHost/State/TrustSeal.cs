using System.Security.Cryptography;

namespace PluginHost.State;

/// <summary>Digests of the files of a state directory that say whom it trusts: what tells an edited or older one from the one that was written last.</summary>
/// <param name="Store">Of Palyra's trust store.</param>
/// <param name="Ledger">Of what is known beside it.</param>
internal readonly record struct TrustSeal(string Store, string Ledger)
{
    private const int Digits = 64;

    public static TrustSeal Of(byte[] store, byte[] ledger) => new(Convert.ToHexStringLower(SHA256.HashData(store)), Convert.ToHexStringLower(SHA256.HashData(ledger)));

    /// <summary>Reads what <see cref="ToString"/> wrote; null where there is nothing.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static TrustSeal? Parse(string text) => text.Length == 0 ? null
        : text.Length == (2 * Digits) + 1 && text[Digits] == ':' ? new TrustSeal(text[..Digits], text[(Digits + 1)..])
        : throw new FormatException("the seal of the trust store is damaged");

    public override string ToString() => $"{Store}:{Ledger}";
}
