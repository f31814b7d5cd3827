using System.Text;
using PluginHost.Hosting;

namespace PluginHost;

/// <summary>
/// Calls of a skill that meet one instance of its guest, on behalf of one context. They are made one after the other; each passes the gate, has its own
/// limits and leaves its own receipt. A call that did not end by itself (a trap, a limit, a denial, a cancellation, an exit) ends the session, because the
/// guest's memory may be in the middle of a change.
/// </summary>
/// <remarks>
/// The memory of the guest is reserved of the host's until the session is disposed. Programs (WASI) have none: each run of one is a process of its own.
/// A skill of several modules has one instance of each. What travels through Extism's memory, input, output and handles, is the call's alone.
/// </remarks>
public sealed class SkillSession : IAsyncDisposable
{
    private readonly SessionGuests _guests;

    internal SkillSession(Skill skill, CallContext context, SessionGuests guests)
    {
        Skill = skill;
        Context = context;
        _guests = guests;
    }

    /// <summary>The skill.</summary>
    public Skill Skill { get; }

    /// <summary>On whose behalf.</summary>
    public CallContext Context { get; }

    /// <summary>Whether it takes no more calls.</summary>
    public bool HasEnded => _guests.HasEnded;

    /// <summary>Calls a tool with a text.</summary>
    /// <inheritdoc cref="CallAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<SkillCallResult> CallAsync(string toolId, string input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CallAsync(toolId, Encoding.UTF8.GetBytes(input), cancellationToken);
    }

    /// <summary>Calls a tool, after the calls of the session that came before. It throws what <see cref="Skill.CallAsync(string, ReadOnlyMemory{byte}, CallContext?, CancellationToken)"/> does.</summary>
    /// <param name="toolId">One of the skill's tools, no program.</param>
    /// <param name="input">The input. It must not change until the call has ended.</param>
    /// <param name="cancellationToken">Stops the guest wherever it is, and ends the session with it.</param>
    /// <exception cref="SkillSessionException">The session has ended, or the tool is a program.</exception>
    public Task<SkillCallResult> CallAsync(string toolId, ReadOnlyMemory<byte> input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(toolId);
        return Skill.CallAsync(toolId, input, Context, _guests, cancellationToken);
    }

    /// <summary>Takes no more calls, waits for the one that runs, and gives the guest's memory back.</summary>
    public ValueTask DisposeAsync() => _guests.DisposeAsync();
}
