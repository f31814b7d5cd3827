using System.Reflection;

namespace PluginHost.Cli;

/// <summary>The version, as <c>--version</c> tells it.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static int Write(TextWriter output)
    {
        output.WriteLine(Text);
        return ExitCode.Done;
    }
}
