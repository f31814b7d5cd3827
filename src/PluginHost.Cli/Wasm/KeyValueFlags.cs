using System.Collections.Immutable;

namespace PluginHost.Cli.Wasm;

/// <summary>Options of the form <c>K=V</c>: <c>--env</c> and <c>--config</c>.</summary>
internal static class KeyValueFlags
{
    public static ImmutableSortedDictionary<string, string> Parse(string option, IEnumerable<string> flags)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var flag in flags)
        {
            var equals = flag.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || flag.Contains('\0', StringComparison.Ordinal))
            {
                throw new CommandError(ExitCode.Usage, "usage." + option, $"'{flag}' is not of the form K=V");
            }

            values[flag[..equals]] = flag[(equals + 1)..];
        }

        return values.ToImmutable();
    }
}
