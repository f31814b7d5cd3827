using System.Text;
using PluginHost.Capabilities.Files;

namespace PluginHost.Conformance.Wasi;

/// <summary>
/// The <c>wasi</c> verb: runs programs of the layout of wasi-testsuite, <c>NAME.wasm</c> beside an optional <c>NAME.json</c>, each on a
/// fresh copy of its directories, in memory and on the disk.
/// </summary>
internal static class WasiCommand
{
    public static int Run(string[] arguments, TextWriter output)
    {
        var backends = Enum.GetValues<WasiBackend>().ToList();
        var paths = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] != "--backend")
            {
                paths.Add(arguments[i]);
            }
            else if (++i < arguments.Length && Enum.TryParse<WasiBackend>(arguments[i], ignoreCase: true, out var backend))
            {
                backends = [backend];
            }
            else
            {
                output.WriteLine("--backend takes memory or directory");
                return 1;
            }
        }

        var (passed, failed) = (0, 0);
        foreach (var file in paths.SelectMany(Programs))
        {
            foreach (var backend in backends)
            {
                if (Problem(file, backend) is { } problem)
                {
                    failed++;
                    output.WriteLine($"FAILED {file} ({backend}): {problem}");
                }
                else
                {
                    passed++;
                }
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static IEnumerable<string> Programs(string path) => File.Exists(path)
        ? [path]
        : Directory.EnumerateFiles(path, "*.wasm", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string? Problem(string file, WasiBackend backend)
    {
        try
        {
            return new WasiRun(file, WasiCase.Read(file), backend).Problem();
        }
        catch (Exception e) when (e is FormatException or IOException or FileTreeException or PluginHost.Wasm.WasmModuleException or PluginHost.Wasm.WasmLinkException or PlatformNotSupportedException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>Text for one line.</summary>
    public static string OneLine(string text)
    {
        const int most = 400;
        var line = new StringBuilder(text).Replace("\n", "\\n").Replace("\r", "\\r").ToString();
        return line.Length <= most ? line : line[..most] + "…";
    }
}
