using System.Collections.Frozen;

namespace PluginHost.Skills.Inspection;

/// <summary>Which capability an imported function is good for. Functions that need none are not here.</summary>
internal static class ImportNeeds
{
    private const string Extism = "extism:host/env";
    private const string User = "extism:host/user";
    private const string Wasi = "wasi_snapshot_preview1";
    private const string Palyra = "palyra:plugins/host-capabilities@0.1.0";
    private const string Read = "filesystem.read";
    private const string Write = "filesystem.write";
    private const string Http = "http.egress";
    private const string Log = "log";
    private const string Variables = "variables";

    private static readonly FrozenDictionary<(string Module, string Name), string> Needs = new Dictionary<(string, string), string>
    {
        [(Extism, "http_request")] = Http,
        [(Extism, "var_get")] = Variables,
        [(Extism, "var_set")] = Variables,
        [(Extism, "log_trace")] = Log,
        [(Extism, "log_debug")] = Log,
        [(Extism, "log_info")] = Log,
        [(Extism, "log_warn")] = Log,
        [(Extism, "log_error")] = Log,
        [(User, "skill_call")] = "skill.call",
        [(Wasi, "environ_get")] = "environment",
        [(Wasi, "clock_res_get")] = "clock",
        [(Wasi, "clock_time_get")] = "clock",
        [(Wasi, "random_get")] = "random",
        [(Wasi, "path_open")] = Read,
        [(Wasi, "path_filestat_get")] = Read,
        [(Wasi, "path_readlink")] = Read,
        [(Wasi, "fd_readdir")] = Read,
        [(Wasi, "path_create_directory")] = Write,
        [(Wasi, "path_filestat_set_times")] = Write,
        [(Wasi, "path_link")] = Write,
        [(Wasi, "path_remove_directory")] = Write,
        [(Wasi, "path_rename")] = Write,
        [(Wasi, "path_symlink")] = Write,
        [(Wasi, "path_unlink_file")] = Write,
        [(Palyra, "http-count")] = Http,
        [(Palyra, "http-handle")] = Http,
        [(Palyra, "secret-count")] = "secrets.use",
        [(Palyra, "secret-handle")] = "secrets.use",
        [(Palyra, "storage-count")] = Write,
        [(Palyra, "storage-handle")] = Write,
    }.ToFrozenDictionary();

    /// <summary>The capability; null where the function needs none, or none that is known here.</summary>
    public static string? Find(string module, string name) => Needs.GetValueOrDefault((module, name));
}
