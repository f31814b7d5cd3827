using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Sockets and signals. A program is given no socket, so no descriptor is one; and there is nobody to signal.</content>
internal sealed partial class WasiHost
{
    private static void DefineSockets(Linker linker)
    {
        linker.Define(Module, "sock_accept", (Func<Caller, int, int, int, int>)((caller, fd, _, _) => Run(caller, host => host.NoSocket(fd))));
        linker.Define(Module, "sock_recv", (Func<Caller, int, int, int, int, int, int, int>)((caller, fd, _, _, _, _, _) => Run(caller, host => host.NoSocket(fd))));
        linker.Define(Module, "sock_send", (Func<Caller, int, int, int, int, int, int>)((caller, fd, _, _, _, _) => Run(caller, host => host.NoSocket(fd))));
        linker.Define(Module, "sock_shutdown", (Func<Caller, int, int, int>)((caller, fd, _) => Run(caller, host => host.NoSocket(fd))));
        linker.Define(Module, "proc_raise", (Func<Caller, int, int>)((_, _) => (int)Errno.NotSupported));
    }

    private Errno NoSocket(int fd)
    {
        _ = Find(fd);
        return Errno.NotSocket;
    }
}
