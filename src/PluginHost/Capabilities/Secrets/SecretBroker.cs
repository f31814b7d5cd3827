using PluginHost.Capabilities.Http;
using PluginHost.Gate;

namespace PluginHost.Capabilities.Secrets;

/// <summary>
/// Fetches the values of secrets for one call: into a request, or, which is another and louder right, for the guest itself. What
/// is unknown, not granted, or of another scope looks the same.
/// </summary>
internal sealed class SecretBroker(GuestCall call, Func<string, string?> source)
{
    private const string Unknown = "the secret is unknown or not granted";

    /// <summary>The value that is put into a request.</summary>
    /// <exception cref="CapabilityDeniedException">It is not to be used.</exception>
    /// <exception cref="HttpFailedException">The embedder's vault failed, or the value does not fit.</exception>
    public void Inject(SecretUse use, Func<string, bool> place)
    {
        var value = call.Grant.Secrets.Contains(use.Name) ? Value(use.Name) : null;
        var lease = call.Demand(
            Capability.SecretsUse, use.Name,
            value is null ? null : $"injected into {use.Placement.ToString().ToLowerInvariant()} {use.Target}",
            (Unknown, $"a value for {use.Name}"));
        lease.Take(Capability.SecretsUse, use.Name);
        call.Watch.Add(use.Name, value!);
        var added = place(value!);
        lease.Close(added ? "ok" : "failed: the value does not fit into a header", secret: call.DigestOf(value!));
        if (!added)
        {
            throw new HttpFailedException("the secret does not fit into a header");
        }
    }

    /// <summary>A value for the guest itself.</summary>
    /// <exception cref="CapabilityDeniedException">It is not to be read.</exception>
    public string Read(string name)
    {
        var value = call.Grant.ReadableSecrets.Contains(name) ? Value(name) : null;
        var lease = call.Demand(
            Capability.SecretsRead, name,
            value is null ? null : "listed under [secrets_read]",
            (Unknown, $"[secrets_read] with \"{name}\" in assets/capabilities.toml, among the tool's grants, and a value for it"));
        lease.Take(Capability.SecretsRead, name);
        call.Watch.Add(name, value!);
        lease.Close("ok", bytesIn: value!.Length, secret: call.DigestOf(value));
        return value;
    }

    /// <summary>Watches for everything that the guest may have read before, in this call or an earlier one.</summary>
    public void WatchReadable()
    {
        foreach (var name in call.Grant.ReadableSecrets)
        {
            if (Value(name) is { } value)
            {
                call.Watch.Add(name, value);
            }
        }
    }

    /// <summary>What the embedder's vault says of its failures is not for guests.</summary>
    private string? Value(string name)
    {
        if (!SecretScope.Covers(name, call.Identity, call.Context))
        {
            return null;
        }

        try
        {
            return source(name);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _ = call.Refuse(Capability.SecretsUse, name, "the host's source of secrets failed", "none: the source has to answer");
            throw new HttpFailedException("a secret could not be read");
        }
    }
}
