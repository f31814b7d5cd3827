namespace PluginHost.Cli.Presentation;

/// <summary>Whether a person looks at what is written.</summary>
internal static class Terminals
{
    public static bool Is(TextWriter writer) => (writer == Console.Out && !Console.IsOutputRedirected) || (writer == Console.Error && !Console.IsErrorRedirected);
}
