using System.Collections.Concurrent;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Skills.Inspection;

namespace PluginHost;

/// <summary>
/// A skill whose version is exchanged while it is called. The next version passes every room, and is consented to, beside the one that runs; then it stands
/// in its place between two calls. Calls that run meanwhile end on the version that they began on. Where anything fails on the way, what runs goes on.
/// </summary>
public sealed class LiveSkill : IAsyncDisposable
{
    private readonly SkillHost _host;
    private readonly SkillLoadOptions? _options;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();

    /// <summary>Versions that calls may still run on.</summary>
    private readonly ConcurrentDictionary<Skill, bool> _retired = [];
    private SkillFollower? _follower;
    private volatile Skill _current;

    internal LiveSkill(SkillHost host, Skill first, SkillLoadOptions? options, bool follows)
    {
        _host = host;
        _current = first;
        _options = options;
        _follower = follows ? new SkillFollower(host.Services, this) : null;
    }

    /// <summary>The version that takes calls now.</summary>
    public Skill Current => _current;

    /// <summary>Told when another version took the place of the one before, on the thread that exchanged them. What a handler throws changes nothing; it goes on record.</summary>
    public event EventHandler<LiveSkillExchangedEventArgs>? Exchanged;

    /// <summary>Calls a tool of the current version with a text.</summary>
    /// <inheritdoc cref="Skill.CallAsync(string, string, CallContext?, CancellationToken)"/>
    public Task<SkillCallResult> CallAsync(string toolId, string input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CallAsync(toolId, Encoding.UTF8.GetBytes(input), context, cancellationToken);
    }

    /// <summary>Calls a tool of the current version.</summary>
    /// <inheritdoc cref="Skill.CallAsync(string, ReadOnlyMemory{byte}, CallContext?, CancellationToken)"/>
    public async Task<SkillCallResult> CallAsync(string toolId, ReadOnlyMemory<byte> input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var skill = _current;
            try
            {
                return await skill.CallAsync(toolId, input, context, cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (skill != _current)
            {
                // It was exchanged before the call began.
            }
        }
    }

    /// <summary>Opens a session with the current version. It ends when another takes its place.</summary>
    /// <inheritdoc cref="Skill.OpenSession"/>
    public SkillSession OpenSession(CallContext context)
    {
        while (true)
        {
            var skill = _current;
            try
            {
                return skill.OpenSession(context);
            }
            catch (ObjectDisposedException) when (skill != _current)
            {
                // It was exchanged just now.
            }
        }
    }

    /// <summary>Puts the package of a file in the place of what runs. An older version is refused, unless the options say otherwise.</summary>
    /// <param name="path">File of the package.</param>
    /// <param name="options">What it is given; null for what the first one was.</param>
    /// <param name="cancellationToken">Ends it; what runs goes on.</param>
    /// <returns>The version that takes calls now.</returns>
    /// <exception cref="SkillVerificationException">A room refused the package, or it is another skill.</exception>
    /// <exception cref="SkillConsentException">Nobody consented.</exception>
    /// <exception cref="SkillLimitException">It took too long, or too many packages are loaded already.</exception>
    /// <exception cref="SkillStateException">A file of the host's own is missing, damaged or cannot be written.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<Skill> ReplaceAsync(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return await InTurnAsync(token => ExchangeAsync(PackageSource.File(path), options ?? _options, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts the version that is current in the library in the place of what runs, where that is another one.</summary>
    /// <param name="cancellationToken">Ends it; what runs goes on.</param>
    /// <returns>Whether another version takes calls now.</returns>
    /// <exception cref="SkillStatusException">It may not run.</exception>
    /// <inheritdoc cref="ReplaceAsync"/>
    public Task<bool> FollowAsync(CancellationToken cancellationToken = default) => InTurnAsync(FollowHereAsync, cancellationToken);

    /// <summary>
    /// Installs what a registry offers, where another version is current, and puts it in the place of what runs. Where that fails, the library goes back to
    /// the version before, too.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="version">The version; null for the highest.</param>
    /// <param name="cancellationToken">Ends it; what runs goes on.</param>
    /// <returns>Whether another version takes calls now.</returns>
    /// <inheritdoc cref="ReplaceAsync"/>
    public Task<bool> UpdateAsync(SkillRegistry registry, string? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return UpdateAsync(token => _host.Library.Installer.UpdateAsync(registry, (_current.Id, version), CheckSame, _options, token), cancellationToken);
    }

    /// <summary>The same with the package of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends it; what runs goes on.</param>
    /// <inheritdoc cref="UpdateAsync(SkillRegistry, string?, CancellationToken)"/>
    public Task<bool> UpdateAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return UpdateAsync(async token => await _host.Library.Installer.InstallAsync(path, CheckSame, _options, token).ConfigureAwait(false), cancellationToken);
    }

    /// <summary>Takes no more calls, waits for those that run, on versions that were exchanged, too, and after the host's drain time interrupts them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        try
        {
            if (Interlocked.Exchange(ref _follower, null) is { } follower)
            {
                await follower.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await _turn.WaitAsync().ConfigureAwait(false);
            _turn.Release();
            await Task.WhenAll(_retired.Keys.Append(_current).Select(skill => skill.DisposeAsync().AsTask())).ConfigureAwait(false);
        }
    }

    private async Task<T> InTurnAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        var hasTurn = false;
        try
        {
            await _turn.WaitAsync(either.Token).ConfigureAwait(false);
            hasTurn = true;
            either.Token.ThrowIfCancellationRequested();
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(LiveSkill));
        }
        finally
        {
            if (hasTurn)
            {
                _turn.Release();
            }
        }
    }

    private Task<bool> UpdateAsync(Func<CancellationToken, Task<Installation?>> install, CancellationToken cancellation) => InTurnAsync(
        async token =>
        {
            var installation = await install(token).ConfigureAwait(false);
            try
            {
                return await FollowHereAsync(token).ConfigureAwait(false);
            }
            catch (Exception e) when (installation is { Kind: not InstallationKind.Joined })
            {
                Withdraw(installation, e);
                throw;
            }
        },
        cancellation);

    /// <summary>What cannot be taken back is on record; the caller learns why it should have been.</summary>
    private void Withdraw(Installation installed, Exception reason)
    {
        try
        {
            _host.Library.Withdraw(installed, $"it could not be put in the place of {_current.Version}: {Telemetry.CodeOf(reason)}");
        }
        catch (Exception e) when (e is SkillException or IOException or UnauthorizedAccessException)
        {
            _host.Services.ExchangeFailed(_current, "withdraw-failed", Telemetry.CodeOf(e));
        }
    }

    private void CheckSame(InspectedSkill skill)
    {
        if ((skill.Manifest.SkillId, skill.Manifest.Publisher) != (_current.Id, _current.Publisher))
        {
            throw SkillHost.AnotherSkill(skill.Manifest.SkillId, skill.Manifest.Publisher, _current);
        }
    }

    private async Task<bool> FollowHereAsync(CancellationToken cancellation)
    {
        var running = _current;
        if (_host.Library.Current(running.Id) is not { } current || current.PayloadDigest == running.PayloadDigest)
        {
            return false;
        }

        await ExchangeAsync(_host.Library.Open(running.Id, current.Version), _options, cancellation).ConfigureAwait(false);
        return true;
    }

    private async Task<Skill> ExchangeAsync(PackageSource source, SkillLoadOptions? options, CancellationToken cancellation)
    {
        var before = _current;
        var after = await _host.LoadBesideAsync(before, source, options, cancellation).ConfigureAwait(false);

        // From here on nothing fails: the new version takes the calls, whatever becomes of the rest.
        _host.Services.Exchange(before, after);
        _retired.TryAdd(before, true);
        _current = after;
        _ = RetireAsync(before);
        Tell(new LiveSkillExchangedEventArgs(before.Version, after.Version));
        return after;
    }

    private async Task RetireAsync(Skill before)
    {
        await before.RetireAsync().ConfigureAwait(false);
        _retired.TryRemove(before, out _);
    }

    private void Tell(LiveSkillExchangedEventArgs exchanged)
    {
        foreach (var handler in Exchanged?.GetInvocationList() ?? [])
        {
            try
            {
                ((EventHandler<LiveSkillExchangedEventArgs>)handler)(this, exchanged);
            }
            catch (Exception e)
            {
                // It is their own affair: the exchange has happened.
                _host.Services.ExchangeFailed(_current, "exchanged-handler-failed", e.GetType().Name);
            }
        }
    }
}
