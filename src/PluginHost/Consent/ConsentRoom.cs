using PluginHost.Hosting;
using PluginHost.Skills.Manifests;

namespace PluginHost.Consent;

/// <summary>Finds out whether somebody consents: on record already, by a signed policy, by inheritance, or when asked.</summary>
internal sealed class ConsentRoom(ConsentStore store, ConsentCallback? callback, bool inherits, (IReadOnlySet<string> Payloads, string By) accepted, Action timeCounts)
{
    /// <summary>Tells a request since when its signer is known, and what is different from what was accepted last.</summary>
    public ConsentRequest Complete(ConsentRequest request, ConsentTerms terms)
    {
        var last = store.Last(request);
        return request with
        {
            KnownSince = store.KnownSince(request.Publisher, terms.Key),
            AcceptedVersion = last?.Version,
            Changes = last is null ? [] : terms.Since(last.Terms),
        };
    }

    /// <summary>Whatever comes of it but a clear answer is a refusal.</summary>
    /// <exception cref="SkillConsentException">Nobody is there to ask, or asking failed.</exception>
    public async ValueTask<ConsentAnswer> AskAsync(Candidate candidate, CancellationToken cancellation)
    {
        var request = candidate.Request;
        if (store.Find(request, candidate.Terms) is { } record)
        {
            return new ConsentAnswer(ConsentDecision.AcceptFor(ConsentScope.Once, record.Who), "recorded");
        }

        if (store.HasExpired(request))
        {
            timeCounts();
        }

        // Below the score that is asked for, and against the word of somebody who is believed, a person decides: neither a policy nor an earlier version does.
        var isTrusted = !request.Score.NeedsPerson;
        if (isTrusted && accepted.Payloads.Contains(request.PayloadDigest))
        {
            return new ConsentAnswer(ConsentDecision.AcceptFor(ConsentScope.Once, accepted.By), "policy");
        }

        if (isTrusted && inherits && candidate.Terms.Key.Length > 0 && !store.WasRevoked(request) && store.Last(request) is { } last && Inherits(request, candidate.Terms, last))
        {
            return new ConsentAnswer(ConsentDecision.AcceptFor(ConsentScope.Always, last.Who, last.Expires), "inherited", last.Payload);
        }

        if (callback is null)
        {
            throw new SkillConsentException("nobody", "nobody is there to consent: options.Consent is not set", request);
        }

        try
        {
            return new ConsentAnswer(await callback(request, cancellation).AsTask().WaitAsync(cancellation).ConfigureAwait(false) ?? ConsentDecision.Refuse, "asked");
        }
        catch (Exception e) when (e is not (SkillException or OperationCanceledException))
        {
            throw new SkillConsentException("failed", $"asking for consent failed: {e.GetType().Name}", request, e);
        }
    }

    /// <summary>Keeps what was decided. Called last, when the skill is as good as loaded.</summary>
    public void Keep(ConsentRequest request, ConsentTerms terms, ConsentAnswer answer, DateTimeOffset at) => store.Keep(
        new ConsentRecord
        {
            Publisher = request.Publisher,
            Skill = request.SkillId,
            Version = request.Version,
            Payload = request.PayloadDigest,
            Terms = terms,
            Who = answer.Decision.Who,
            How = answer.How,
            At = at,
            Expires = answer.Decision.Expires,
            From = answer.From,
        },
        answer.Decision.Scope);

    /// <summary>Same key, nothing wider, no older version.</summary>
    private static bool Inherits(ConsentRequest request, ConsentTerms terms, ConsentRecord last) =>
        terms.Key == last.Terms.Key
        && terms.Since(last.Terms).All(change => !change.Widens)
        && SkillVersion.Parse(request.Version) is { } version && SkillVersion.Parse(last.Version) is { } before && version.CompareTo(before) >= 0;
}
