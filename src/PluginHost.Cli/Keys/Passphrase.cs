using System.CommandLine;
using System.Text;

namespace PluginHost.Cli.Keys;

/// <summary>The passphrase of a key: from <c>--passphrase</c>, else asked for on the terminal.</summary>
internal static class Passphrase
{
    public static Option<string?> Option() => new("--passphrase")
    {
        Description = "Where the key's passphrase is; asked for on the terminal without it.",
        HelpName = ValueSource.Form,
    };

    /// <exception cref="CommandError">There is none, and no terminal to ask on.</exception>
    public static string Get(string? source, bool twice)
    {
        if (source is not null)
        {
            return NotEmpty(ValueSource.Read("passphrase", source));
        }

        if (Console.IsInputRedirected || Console.IsErrorRedirected)
        {
            throw new CommandError(ExitCode.Usage, "usage.passphrase", "the key needs a passphrase and there is no terminal to ask on: use --passphrase");
        }

        var passphrase = Ask("Passphrase: ");
        return !twice || Ask("Again: ") == passphrase
            ? NotEmpty(passphrase)
            : throw new CommandError(ExitCode.Usage, "usage.passphrase", "the two differ");
    }

    private static string NotEmpty(string passphrase) =>
        passphrase.Length > 0 ? passphrase : throw new CommandError(ExitCode.Usage, "usage.passphrase", "the passphrase is empty");

    private static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (key.KeyChar != '\0')
            {
                text.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return text.ToString();
    }
}
