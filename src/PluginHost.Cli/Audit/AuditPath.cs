using System.CommandLine;
using PluginHost.Audit;
using PluginHost.Cli.State;

namespace PluginHost.Cli.Audit;

/// <summary>The logs that a verb is about: a file, a directory of them, or those of the state directory.</summary>
internal sealed class AuditPath
{
    private readonly Argument<string?> _path = new("path")
    {
        Description = "File of a log, or a directory of logs; without it those of the state directory.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _state = StateFlag.Create();

    public void AddTo(Command command)
    {
        command.Add(_path);
        command.Add(_state);
    }

    /// <summary>Whether all logs of a directory are meant, so that none may be missing.</summary>
    public bool IsDirectory(ParseResult parse) => parse.GetValue(_path) is not { } path || Directory.Exists(path);

    /// <exception cref="CommandError">There are none.</exception>
    public IReadOnlyList<string> Logs(ParseResult parse) => Guard(() => AuditFiles.Logs(parse.GetValue(_path) ?? StateFlag.Open(parse.GetValue(_state))?.Audit
        ?? throw new CommandError(ExitCode.Refused, "state.missing", "there is no state directory: name a log, or run 'pluginhost init' first")));

    /// <summary>Files that cannot be read are the environment's fault.</summary>
    public static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
    }
}
