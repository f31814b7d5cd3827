using System.CommandLine;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Keys;

/// <summary>What of a revoked key stays valid: named payloads, and what a log had before some entry.</summary>
internal sealed class CutoffOptions
{
    private readonly Option<string?> _log = new("--cutoff-log") { Description = "Origin of a log: what it had before --cutoff-index stays valid. Never a time, which whoever stole the key would write.", HelpName = "ORIGIN" };
    private readonly Option<long?> _index = new("--cutoff-index") { Description = "Index of the first entry of the log that does not count any more.", HelpName = "N" };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_log);
        command.Add(_index);
    }

    /// <summary>The cut-off that was asked for; null for none.</summary>
    /// <exception cref="CommandError">Only one of both was given, or one is malformed.</exception>
    public LogCutoff? Read(ParseResult parse, bool revokesKeys)
    {
        var (log, index) = (parse.GetValue(_log), parse.GetValue(_index));
        if (log is null && index is null)
        {
            return null;
        }

        if (!revokesKeys)
        {
            throw new CommandError(ExitCode.Usage, "usage.cutoff", "a cut-off belongs to a key that is revoked");
        }

        try
        {
            return LogCutoff.Of(log ?? "", index ?? -1);
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.cutoff", e.Message);
        }
    }

    /// <summary>What stays valid, in words; empty where nothing does.</summary>
    public static string Describe(RevokedKey revoked) =>
        (revoked.ValidPayloads.Length > 0 ? $", but for {revoked.ValidPayloads.Length} payloads" : "") + (revoked.Cutoff is { } cutoff ? $", but for what {cutoff.Log} had before entry {cutoff.Index}" : "");
}
