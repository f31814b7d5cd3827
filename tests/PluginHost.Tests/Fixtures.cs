namespace PluginHost.Tests;

/// <summary>Built fixtures: the committed ones, or those of a fresh build that <c>PLUGINHOST_FIXTURES</c> names.</summary>
internal static class Fixtures
{
    public static byte[] Read(params string[] path) => File.ReadAllBytes(Path.Combine(
        [Environment.GetEnvironmentVariable("PLUGINHOST_FIXTURES") ?? Path.Combine(AppContext.BaseDirectory, "fixtures"), .. path]));
}
