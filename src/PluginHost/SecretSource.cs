using System.Text;
using PluginHost.Hosting;

namespace PluginHost;

/// <summary>
/// Where values of secrets come from: functions from a name, <c>scope/key</c>, to a value or null, for
/// <see cref="SkillHostOptions.Secrets"/>. A vault of the embedder's is such a function itself.
/// </summary>
public static class SecretSource
{
    private const int MaxFileBytes = 64 * 1024;

    /// <summary>Secrets in variables of the process's environment, read when they are asked for.</summary>
    /// <param name="variables">The name of the variable, by the secret's name.</param>
    public static Func<string, string?> Environment(IReadOnlyDictionary<string, string> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var known = new Dictionary<string, string>(variables, StringComparer.Ordinal);
        return name => known.TryGetValue(name, out var variable) && System.Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
    }

    /// <summary>Secrets in files of at most 64 KiB, read when they are asked for, so that a changed one counts; a line end at the end is not part of it.</summary>
    /// <param name="files">The path of the file, by the secret's name.</param>
    public static Func<string, string?> Files(IReadOnlyDictionary<string, string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var known = files.ToDictionary(pair => pair.Key, pair => Path.GetFullPath(pair.Value), StringComparer.Ordinal);
        return name => known.TryGetValue(name, out var path) ? Read(path) : null;
    }

    /// <summary>The first of several sources that knows a secret.</summary>
    public static Func<string, string?> First(params Func<string, string?>[] sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        Func<string, string?>[] known = [.. sources];
        return name => known.Select(source => source(name)).FirstOrDefault(value => value is not null);
    }

    private static string? Read(string path) =>
        File.Exists(path) && Encoding.UTF8.GetString(BoundedFile.Read(path, MaxFileBytes)).TrimEnd('\r', '\n') is { Length: > 0 } value ? value : null;
}
