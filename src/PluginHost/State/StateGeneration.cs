using System.Text.Json;
using PluginHost.Hosting;

namespace PluginHost.State;

/// <summary>
/// Who a state directory is and how often it has changed: what an anchor elsewhere compares. Holds the latest time that was
/// ever seen, too, so that a clock that is set back brings nothing back to life.
/// </summary>
internal sealed record StateGeneration
{
    private const int MaxBytes = 4096;
    private const string Rule = "generation";

    public required int V { get; init; }

    /// <summary>Chosen at random when the directory was made.</summary>
    public required string Id { get; init; }

    public required long Generation { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether an anchor knows of it; from then on one without a mark is one that was robbed.</summary>
    public required bool Anchored { get; init; }

    /// <summary>How often the recorded consents have changed: an older file of them is refused.</summary>
    public required long Consents { get; init; }

    /// <summary>Seal of the files of trust; empty where they never were sealed.</summary>
    public string Trust { get; init; } = "";

    /// <summary>The seal that they are going to have, while they are being written; else empty.</summary>
    public string TrustNext { get; init; } = "";

    /// <summary>How far the lifecycle journal has come, its line's number and hash; empty where it never was written to.</summary>
    public string Journal { get; init; } = "";

    /// <summary>The shared state that the directory belongs to; empty for none.</summary>
    public string Shared { get; init; } = "";

    public static StateGeneration New(DateTimeOffset now) => new() { V = 1, Id = Guid.NewGuid().ToString("n"), Generation = 1, Time = now, Anchored = false, Consents = 0 };

    /// <summary>Reads it; null where the state was made before there was one.</summary>
    /// <exception cref="SkillStateException">It is damaged.</exception>
    public static StateGeneration? Read(string path)
    {
        try
        {
            return !File.Exists(path) ? null
                : JsonSerializer.Deserialize(BoundedFile.Read(path, MaxBytes), StateJson.Default.StateGeneration) is { V: 1, Generation: > 0 } state ? state
                : throw new JsonException("another version");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            throw new SkillStateException(Rule, $"the generation of the state cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Changes it, in turn with other processes. The generation grows, and time never goes back.</summary>
    /// <param name="path">The file.</param>
    /// <param name="now">The time.</param>
    /// <param name="change">What changes beside the generation.</param>
    /// <param name="then">Done before another process has its turn.</param>
    /// <param name="resetsTime">Whether time may go back: an operator's word.</param>
    public static StateGeneration Change(
        string path, DateTimeOffset now, Func<StateGeneration, StateGeneration> change, Action<StateGeneration>? then = null, bool resetsTime = false)
    {
        using var turn = FileLock.Acquire(path, Rule);
        var before = Read(path) ?? New(now);
        var after = change(before);
        after = after with { Generation = before.Generation + 1, Time = now > before.Time || resetsTime ? now : before.Time };
        try
        {
            PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(after, StateJson.Default.StateGeneration));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"the generation of the state cannot be written: {e.Message}", e);
        }

        then?.Invoke(after);
        return after;
    }
}
