namespace PluginHost.Hosting;

/// <summary>Follows the current version of an installed skill: looks when the lifecycle journal has changed, whoever changed it.</summary>
internal sealed class SkillFollower : IAsyncDisposable
{
    /// <summary>What failed may have had a cause that has gone: a machine without the files, too many loads.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly HostServices _services;
    private readonly LiveSkill _skill;
    private readonly SemaphoreSlim _changed = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _following;

    public SkillFollower(HostServices services, LiveSkill skill)
    {
        _services = services;
        _skill = skill;
        services.Life.Journal.Changed += Changed;
        _following = Task.Run(FollowAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _services.Life.Journal.Changed -= Changed;
        await _end.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _changed.Dispose();
        _end.Dispose();
    }

    private async Task FollowAsync()
    {
        (string? Version, string Code) refused = default;
        while (true)
        {
            try
            {
                await _changed.WaitAsync(refused == default ? Timeout.InfiniteTimeSpan : Again, _end.Token).ConfigureAwait(false);
                await _skill.FollowAsync(_end.Token).ConfigureAwait(false);
                refused = default;
            }
            catch (Exception) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What runs goes on; the next change is the next try, or a while. The same refusal of the same version again is no news.
                var now = (Wanted(), Telemetry.CodeOf(e));
                if (now != refused)
                {
                    refused = now;
                    _services.ExchangeFailed(_skill.Current, "follow-failed", now.Item2);
                }
            }
        }
    }

    /// <summary>The version that should run.</summary>
    private string? Wanted()
    {
        try
        {
            return _services.Library?.Current(_skill.Current.Id)?.Version;
        }
        catch (SkillStateException)
        {
            return null;
        }
    }

    private void Changed()
    {
        try
        {
            _changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It looks anyway, or not any more.
        }
    }
}
