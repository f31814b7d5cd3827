namespace PluginHost;

/// <summary>
/// Decides about one call of a tool whose publisher wants each call approved. As with consent, never let a model or a skill
/// answer.
/// </summary>
/// <param name="request">Which tool is called, with what.</param>
/// <param name="cancellation">Cancelled when nobody waits for the answer any more.</param>
public delegate ValueTask<bool> ApprovalCallback(ApprovalRequest request, CancellationToken cancellation);
