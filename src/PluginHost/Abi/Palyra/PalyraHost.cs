using PluginHost.Capabilities;
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

    public static void Define(Linker linker)
    {
        Define(linker, "http", 10_000, Capability.HttpEgress, static grant => [.. grant.Http.Select(granted => granted.Host).Distinct()]);
        Define(linker, "secret", 20_000, Capability.SecretsUse, static grant => [.. grant.Secrets]);
        Define(linker, "storage", 30_000, Capability.FilesystemWrite, static grant => [.. grant.Files.Where(granted => granted.CanWrite).Select(granted => granted.Root)]);
        Define(linker, "channel", 40_000, null, static _ => []);
    }

    private static void Define(Linker linker, string kind, int first, Capability? capability, Func<EffectiveGrant, string[]> of)
    {
        linker.Define(Module, $"{kind}-count", (Func<Caller, int>)(caller => of(GuestInterfaces.Of(caller).Call.Grant).Length));
        linker.Define(Module, $"{kind}-handle", (Func<Caller, int, int>)((caller, index) =>
        {
            var call = GuestInterfaces.Of(caller).Call;
            var granted = of(call.Grant);
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
