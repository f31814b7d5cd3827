using System.Diagnostics;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Cryptography;

namespace PluginHost.Benchmarks;

/// <summary>The <c>ed25519</c> verb: verification beside the system's libcrypto, taking turns in one run.</summary>
internal static class SignatureCommand
{
    private const int Rounds = 21;
    private const int Each = 500;

    public static int Run(TextWriter output)
    {
        if (!Libcrypto.IsPresent)
        {
            output.WriteLine("libcrypto.so.3 is not on this machine");
            return 1;
        }

        var seed = new byte[32];
        new Random(1).NextBytes(seed);
        var message = new byte[64];
        var (publicKey, signature) = (Ed25519.PublicKey(seed), Ed25519.Sign(seed, message));
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(() => Ed25519.Verify(publicKey, message, signature) == SignatureVerdict.Valid));
            theirs.Add(Time(() => Libcrypto.Verify(publicKey, message, signature)));
        }

        var (a, b) = (Median(ours), Median(theirs));
        output.WriteLine($"ours {a:F1} us, libcrypto {b:F1} us, ratio {a / b:F2}");
        return 0;
    }

    private static double Time(Func<bool> verify)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Each; i++)
        {
            if (!verify())
            {
                throw new InvalidOperationException("a valid signature was refused");
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Each;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
