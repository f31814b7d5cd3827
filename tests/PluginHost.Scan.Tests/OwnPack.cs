namespace PluginHost.Scan.Tests;

/// <summary>The rules that come with the library.</summary>
internal static class OwnPack
{
    public static IEnumerable<YaraSource> Files
    {
        get
        {
            var assembly = typeof(YaraRules).Assembly;
            foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("rules/", StringComparison.Ordinal)))
            {
                using var content = new MemoryStream();
                assembly.GetManifestResourceStream(name)!.CopyTo(content);
                yield return new YaraSource(name, content.ToArray());
            }
        }
    }
}
