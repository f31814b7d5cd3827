using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>The open sessions of a skill.</summary>
internal sealed class SkillSessions(HostServices services, ConsentedSkill skill, SkillModules modules) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<SessionGuests> _open = [];
    private bool _isDisposed;

    /// <exception cref="SkillLimitException">There are too many.</exception>
    /// <exception cref="ObjectDisposedException">The skill is disposed.</exception>
    public SkillSession Open(Skill owner, CallContext context)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
            if (_open.Count >= services.Limits.SessionsPerSkill)
            {
                throw new SkillLimitException("limit.sessions", $"'{skill.Request.SkillId}' has {_open.Count} open sessions already");
            }

            var guests = new SessionGuests(services, skill, modules, Closed);
            _open.Add(guests);
            return new SkillSession(owner, context, guests);
        }
    }

    /// <summary>Ends all of them. No call runs any more.</summary>
    public void Dispose()
    {
        List<SessionGuests> open;
        lock (_gate)
        {
            _isDisposed = true;
            open = [.. _open];
        }

        open.ForEach(guests => guests.End());
    }

    private void Closed(SessionGuests guests)
    {
        lock (_gate)
        {
            _open.Remove(guests);
        }
    }
}
