using PluginHost.Skills.Tests.Cryptography;

namespace PluginHost.Conformance.Vectors;

/// <summary>The <c>libcrypto</c> verb: random and mutated signatures, judged by us and by the system's OpenSSL.</summary>
internal static class LibcryptoCommand
{
    public static int Run(int cases, TextWriter output)
    {
        if (!Libcrypto.IsPresent)
        {
            output.WriteLine("skipped: libcrypto.so.3 is not on this machine");
            return 1;
        }

        var (_, differing) = LibcryptoCases.Run(cases);
        output.WriteLine($"{cases - differing} passed, {differing} failed");
        return differing == 0 ? 0 : 1;
    }
}
