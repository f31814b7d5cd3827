using System.CommandLine;
using PluginHost.Hosting;
using Spectre.Console;

namespace PluginHost.Cli.Presentation;

/// <summary>Tells on the terminal that work goes on, and where it is. On none, and beside JSON, nothing.</summary>
internal static class Busy
{
    /// <param name="parse">The command line.</param>
    /// <param name="json">Whether the output is JSON.</param>
    /// <param name="text">What is being done.</param>
    /// <param name="work">Does it; is given what tells where it is.</param>
    public static T While<T>(ParseResult parse, bool json, string text, Func<Action<string>, T> work)
    {
        var error = parse.InvocationConfiguration.Error;
        return json || !Terminals.Is(error)
            ? work(static _ => { })
            : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
                .Status().Start(Escaped(text), context => work(now => context.Status = Escaped(now)));
    }

    private static string Escaped(string text) => Markup.Escape(Printable.Text(text));
}
