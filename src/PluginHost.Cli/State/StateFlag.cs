using System.CommandLine;
using PluginHost.State;

namespace PluginHost.Cli.State;

/// <summary><c>--state DIR</c>, else <c>PLUGINHOST_HOME</c>, else the platform's place.</summary>
internal static class StateFlag
{
    private const string Variable = "PLUGINHOST_HOME";

    public static Option<string?> Create() => new("--state")
    {
        Description = $"State directory; else {Variable}, else the platform's.",
        HelpName = "DIR",
    };

    /// <summary>Where the state is, and whether somebody named the place.</summary>
    public static (string Path, bool IsNamed) Locate(string? flag)
    {
        if (flag is not null)
        {
            return (flag, true);
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home ? (home, true) : (PlatformPath(), false);
    }

    /// <summary>The state root; null where nobody named one and the platform's was never made.</summary>
    /// <exception cref="SkillStateException">It is named and missing, or damaged.</exception>
    public static StateRoot? Open(string? flag)
    {
        var (path, isNamed) = Locate(flag);
        return isNamed || Directory.Exists(path) ? StateRoot.Open(path) : null;
    }

    private static string PlatformPath()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "PluginHost");
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Application Support", "PluginHost");
        }

        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state)
            ? Path.Combine(state, "pluginhost")
            : Path.Combine(home, ".local", "state", "pluginhost");
    }
}
