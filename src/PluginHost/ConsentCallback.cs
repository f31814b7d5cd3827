namespace PluginHost;

/// <summary>
/// Decides whether a verified skill gets what it asks for. Never let a model or a skill answer: ask a person, or compare the
/// payload digest with one that a person accepted.
/// </summary>
/// <param name="request">Who signed, what is asked, and the digest that names exactly these bytes.</param>
/// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
public delegate ValueTask<ConsentDecision> ConsentCallback(ConsentRequest request, CancellationToken cancellation);
