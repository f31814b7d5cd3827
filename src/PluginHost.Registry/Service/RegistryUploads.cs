using PluginHost.Registry.Publishing;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.State;

namespace PluginHost.Registry.Service;

/// <summary>Takes packages over the network: those of publishers whom the registry knows, signed by them for this registry, one at a time.</summary>
/// <param name="open">Opens the registry's files to write them.</param>
/// <param name="keys">Its keys.</param>
/// <param name="options">What is demanded of packages.</param>
/// <param name="time">The time.</param>
internal sealed class RegistryUploads(Func<IPublicFiles> open, RegistryKeys keys, PublishOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Bytes of a request.</summary>
    public const long MaxBytes = ArchiveLimits.TotalBytes + EvidenceBundle.MaxBytesWithProofs + UploadStatement.MaxBytes + (64 * 1024);

    private static readonly TimeSpan Introduction = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim _turn = new(1);

    public void Dispose() => _turn.Dispose();

    /// <summary>Takes a package.</summary>
    /// <param name="parts">What is sent.</param>
    /// <param name="host">Where it is sent to, as the request says.</param>
    /// <param name="cancellation">Ends it before anything is signed.</param>
    /// <exception cref="SkillVerificationException">It is refused.</exception>
    public async Task<PublishedSkill> TakeAsync(UploadParts parts, string host, CancellationToken cancellation)
    {
        // Nothing large is read of anybody who is not known here.
        var statement = await IntroducedAsync(parts, host, cancellation).ConfigureAwait(false);
        var package = await parts.ReadAsync("package", ArchiveLimits.TotalBytes, cancellation).ConfigureAwait(false);
        var bundle = await parts.ReadAsync("bundle", EvidenceBundle.MaxBytesWithProofs, cancellation).ConfigureAwait(false);
        if (!statement.IsOf(package, bundle))
        {
            throw RegistryRefusal.Publisher("the upload was signed for other files");
        }

        var skill = SignedSkill.Verify(SkillArtifact.Read(package));
        if (Convert.ToHexStringLower(skill.Signature.PublicKey) != statement.Key)
        {
            throw RegistryRefusal.Publisher("the publisher's key did not sign the upload");
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var files = open();
            using var disposing = files as IDisposable;
            using var registry = RegistryWriter.Open(files, keys, time);
            return await registry.PublishAsync(package, bundle, options.ForUploads(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Who sends it, and that it is meant for this registry, now.</summary>
    private async Task<UploadStatement> IntroducedAsync(UploadParts parts, string host, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Introduction);
        var bytes = await parts.ReadAsync("upload", UploadStatement.MaxBytes, limit.Token).ConfigureAwait(false);
        var content = Content();
        try
        {
            var statement = UploadStatement.Read(bytes, key => content.Delegations.Any(delegation => delegation.Key == key));
            return statement.Registry == content.Description.Name && string.Equals(statement.Host, host, StringComparison.OrdinalIgnoreCase) && (statement.IssuedAt - time.GetUtcNow()).Duration() <= Skew
                ? statement
                : throw RegistryRefusal.Publisher($"the upload was signed for another registry or another host, or not within {Skew.TotalMinutes} minutes of now");
        }
        catch (FormatException e)
        {
            throw RegistryRefusal.Publisher($"the upload was signed by nobody who publishes here: {e.Message}");
        }
    }

    private RegistryContent Content()
    {
        var files = open();
        using var disposing = files as IDisposable;
        return new RegistryReader(files).Read();
    }
}
