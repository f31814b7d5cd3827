namespace PluginHost.Tests;

/// <summary>Built fixtures: the committed ones, or those of a fresh build that <c>PLUGINHOST_FIXTURES</c> names.</summary>
internal static class Fixtures
{
    public static byte[] Read(params string[] path) => File.ReadAllBytes(At(path));

    public static string At(params string[] path) => Path.Combine(
        [Environment.GetEnvironmentVariable("PLUGINHOST_FIXTURES") ?? Path.Combine(AppContext.BaseDirectory, "fixtures"), .. path]);

    /// <summary>A signed package of the fixtures.</summary>
    public static string Skill(string name) => At("skills", name + ".palyra-skill");
}
