using System.CommandLine;

namespace PluginHost.Cli.Completion;

/// <summary><c>complete</c>: what may follow in a command line that is being typed. Asked by the scripts of shells.</summary>
internal static class CompleteCommand
{
    private const int MaxLine = 64 * 1024;

    /// <summary>Spellings of help that nobody wants to be offered.</summary>
    private static readonly string[] Noise = ["-?", "/?", "/h"];

    /// <param name="complete">What may follow a command line, its first word left out, at a place in it.</param>
    public static Command Create(Func<string, int, IEnumerable<string>> complete)
    {
        var line = new Argument<string>("line") { Description = "The command line, as far as it is typed." };
        var position = new Option<int?>("--position") { Description = "Where the cursor is; at the end without it.", HelpName = "N" };
        var command = new Command("complete", "Tell what may follow in a command line.") { line, position };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            foreach (var word in Words(parse.GetRequiredValue(line), parse.GetValue(position), complete))
            {
                parse.InvocationConfiguration.Output.WriteLine(word);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string> Words(string line, int? position, Func<string, int, IEnumerable<string>> complete)
    {
        var cursor = position ?? line.Length;
        if (line.Length > MaxLine || cursor is < 0 or > MaxLine)
        {
            return [];
        }

        // A shell that cuts the blanks at the end still tells where the cursor is.
        line = line.PadRight(cursor)[..cursor];
        var command = line.IndexOf(' ', StringComparison.Ordinal) + 1;
        return command == 0 ? [] : complete(line[command..], cursor - command).Except(Noise);
    }
}
