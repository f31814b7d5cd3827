namespace PluginHost.Cli;

/// <summary>Exit codes of every verb.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 1;

    /// <summary>The gate refused, or tampering was found.</summary>
    public const int Refused = 2;

    /// <summary>A trap, a limit or a denial ended the call.</summary>
    public const int Stopped = 3;

    /// <summary>The guest itself reported failure.</summary>
    public const int GuestFailed = 4;

    /// <summary>Something around us is missing or full.</summary>
    public const int Environment = 5;
}
