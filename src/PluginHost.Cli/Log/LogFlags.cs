using System.CommandLine;
using PluginHost.Cli.Keys;
using PluginHost.Cli.Library;
using PluginHost.Hosting;
using PluginHost.Logs;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;

namespace PluginHost.Cli.Log;

/// <summary>What the verbs of the log share.</summary>
internal static class LogFlags
{
    private const int MaxHours = 1_000_000;

    public static Argument<string> Log() => new("log") { Description = "The log: its directory, or its address (https)." };

    public static Option<string?> Policy(bool required = false) => new("--log-policy") { Description = "Which logs and witnesses count (c2sp.org/tlog-policy).", HelpName = "FILE", Required = required };

    public static Option<string> KeyFile(string whose) => new("--key") { Description = $"File of {whose} key.", HelpName = "FILE", Required = true };

    public static Option<double?> MaxAge() => new("--max-age") { Description = "How many hours ago the last witness may have cosigned; without it, any number.", HelpName = "HOURS" };

    /// <exception cref="CommandError">It is no number of hours.</exception>
    public static TimeSpan? ReadMaxAge(double? hours) => hours is null ? null : hours is > 0 and <= MaxHours ? TimeSpan.FromHours(hours.Value) : throw new CommandError(ExitCode.Usage, "usage.max-age", $"--max-age is a number of hours, more than none and at most {MaxHours}");

    public static Option<string?> Roots() => new("--ca-cert") { Description = "Certificates that the log's own has to come from, PEM; without it those of the system.", HelpName = "FILE" };

    /// <summary>Runs a verb; what is malformed is a refusal.</summary>
    public static int Guard(ParseResult parse, bool json, Func<Task<int>> verb) => CommandOutput.Guard(parse, json, () =>
    {
        try
        {
            return verb().GetAwaiter().GetResult();
        }
        catch (FormatException e)
        {
            throw LogRefusal.Of(e);
        }
    });

    /// <summary>The files of a log.</summary>
    /// <exception cref="CommandError">It is neither a directory nor an address.</exception>
    public static ILogFiles Files(string log, string? roots)
    {
        if (!log.Contains("://", StringComparison.Ordinal))
        {
            return Directory.Exists(log) ? new DirectoryLogFiles(log) : throw new CommandError(ExitCode.Environment, "environment.file", $"there is no directory '{log}'");
        }

        return Uri.TryCreate(log.TrimEnd('/') + "/", UriKind.Absolute, out var prefix) && PublicAddress.Is(prefix)
            ? new RemoteLogFiles(prefix, roots is null ? null : RegistryFlags.Certificates(roots))
            : throw new CommandError(ExitCode.Usage, "usage.log", $"'{log}' is no https address (http is for this machine alone)");
    }

    /// <exception cref="CommandError">It cannot be read, or is none.</exception>
    public static LogPolicy ReadPolicy(string file)
    {
        try
        {
            return LogPolicy.Read(InputFiles.Read(file, LogPolicy.MaxBytes, "log.policy"));
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "log.policy", e.Message);
        }
    }

    /// <exception cref="CommandError">It cannot be read, or is none.</exception>
    public static SigningKey ReadKey(string file, string? passphrase)
    {
        try
        {
            return SigningKey.Read(InputFiles.Read(file, SigningKey.MaxFileBytes), () => Passphrase.Get(passphrase, twice: false));
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Refused, "state.key", e.Message);
        }
    }

    /// <summary>The checkpoint of a log, judged by a policy where there is one.</summary>
    /// <exception cref="SkillVerificationException">It is missing, or the policy does not take it.</exception>
    public static async Task<(Note Note, Checkpoint Checkpoint)> CheckpointAsync(ILogFiles files, LogPolicy? policy)
    {
        var note = Note.Read(await files.FindAsync(LogTile.Checkpoint, Note.MaxBytes, CancellationToken.None).ConfigureAwait(false) ?? throw LogRefusal.Form("the log has no checkpoint"));
        if (policy is not null)
        {
            LogFollower.Demand(policy.Judge(note, DateTimeOffset.UtcNow));
        }

        return (note, Checkpoint.Read(note.Text));
    }
}
