using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Abi.Palyra;

/// <summary>
/// <c>palyra:plugins/host-capabilities@0.1.0</c>: numbers and handles of what a guest was granted. A handle is good for
/// nothing else here: there is no function that takes one.
/// </summary>
internal static class PalyraHost
{
    public const string Module = "palyra:plugins/host-capabilities@0.1.0";

    private const int NotGranted = -1;

    public static void Define(Linker linker, GuestCall call)
    {
        Define(linker, call, "http", 10_000, Capability.HttpEgress, [.. call.Grant.Http.Select(grant => grant.Host).Distinct()]);
        Define(linker, call, "secret", 20_000, Capability.SecretsUse, [.. call.Grant.Secrets]);
        Define(linker, call, "storage", 30_000, Capability.FilesystemWrite, [.. call.Grant.Files.Where(grant => grant.CanWrite).Select(grant => grant.Root)]);
        Define(linker, call, "channel", 40_000, null, []);
    }

    private static void Define(Linker linker, GuestCall call, string kind, int first, Capability? capability, string[] granted)
    {
        linker.Define(Module, $"{kind}-count", (Func<Caller, int>)(_ => granted.Length));
        linker.Define(Module, $"{kind}-handle", (Func<Caller, int, int>)((_, index) =>
        {
            if ((uint)index >= (uint)granted.Length)
            {
                if (capability is not null)
                {
                    call.Refuse(capability, $"{kind} handle {index}", "there is no such grant", "another grant of the manifest");
                }

                return NotGranted;
            }

            var lease = call.Demand(capability!, granted[index], "granted", default);
            lease.Take(capability!, granted[index]);
            lease.Close("ok");
            return first + index;
        }));
    }
}
