namespace PluginHost.Tests;

/// <summary>Built fixtures: the committed ones, or those of a fresh build that <c>PLUGINHOST_FIXTURES</c> names.</summary>
internal static class Fixtures
{
    /// <summary>The repository that the tests run in.</summary>
    public static string Repository { get; } = Root();

    public static byte[] Read(params string[] path) => File.ReadAllBytes(At(path));

    public static string At(params string[] path) => Path.Combine(
        [Environment.GetEnvironmentVariable("PLUGINHOST_FIXTURES") ?? Path.Combine(AppContext.BaseDirectory, "fixtures"), .. path]);

    /// <summary>A signed package of the fixtures.</summary>
    public static string Skill(string name) => At("skills", name + ".palyra-skill");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PluginHost.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside of the repository");
    }
}
