using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

/// <summary>Keys of tests, and policies that name them.</summary>
internal static class LogKeys
{
    public const string Origin = "log.example/skills";

    public static SigningKey Of(byte seed) => SigningKey.Read([.. Enumerable.Repeat(seed, 32)], () => null);

    public static NoteKey Log { get; } = new(Origin, NoteKey.Ed25519Type, Of(1).PublicKey);

    public static NoteKey Witness(byte seed) => new($"witness.example/{seed}", NoteKey.CosignatureType, Of(seed).PublicKey);

    /// <summary>A policy that needs all of some witnesses.</summary>
    public static LogPolicy Policy(params byte[] witnesses) => Read(
        $"log {Log}\n{string.Concat(witnesses.Select(seed => $"witness w{seed} {Witness(seed)}\n"))}{(witnesses.Length == 0 ? "quorum none\n" : $"group all-of-them all {string.Join(' ', witnesses.Select(seed => $"w{seed}"))}\nquorum all-of-them\n")}");

    public static LogPolicy Read(string policy) => LogPolicy.Read(System.Text.Encoding.Latin1.GetBytes(policy));
}
