using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Tests.Cryptography;

/// <summary>Keys, messages and signatures of which nothing, a bit, or a byte of one of the three is changed, judged by both.</summary>
internal static class LibcryptoCases
{
    private const int OfAKey = 50;

    /// <returns>How many were valid, and of how many the judgements differ.</returns>
    public static (int Valid, int Differing) Run(int cases)
    {
        var (valid, differing) = (0, 0);
        Parallel.For(0, cases / OfAKey, i =>
        {
            var random = new Random(i);
            var seed = new byte[32];
            random.NextBytes(seed);
            var publicKey = Ed25519.PublicKey(seed);
            for (var j = 0; j < OfAKey; j++)
            {
                var message = new byte[random.Next(200)];
                random.NextBytes(message);
                var (key, signature) = ((byte[])publicKey.Clone(), Libcrypto.Sign(seed, message));
                var target = random.Next(4) switch { 0 => key, 1 => signature, 2 when message.Length > 0 => message, _ => null };
                if (target is not null)
                {
                    var at = random.Next(target.Length);
                    target[at] = random.Next(3) switch { 0 => (byte)(target[at] ^ (1 << random.Next(8))), 1 => 0xFF, _ => (byte)random.Next(256) };
                }

                var ours = Ed25519.Verify(key, message, signature) == SignatureVerdict.Valid;
                Interlocked.Add(ref valid, ours ? 1 : 0);
                Interlocked.Add(ref differing, ours == Libcrypto.Verify(key, message, signature) ? 0 : 1);
            }
        });
        return (valid, differing);
    }
}
