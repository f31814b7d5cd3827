using Microsoft.AspNetCore.Http;
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

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim _turn = new(1);

    public void Dispose() => _turn.Dispose();

    /// <summary>Takes a package.</summary>
    /// <param name="parts">What was sent.</param>
    /// <param name="host">Where it was sent to, as the request says.</param>
    /// <param name="cancellation">Ends it before anything is signed.</param>
    /// <exception cref="SkillVerificationException">It is refused.</exception>
    public async Task<PublishedSkill> TakeAsync(IFormFileCollection parts, string host, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var statement = await ReadAsync(parts, "upload", UploadStatement.MaxBytes, cancellation).ConfigureAwait(false);
            var package = await ReadAsync(parts, "package", ArchiveLimits.TotalBytes, cancellation).ConfigureAwait(false);
            var bundle = await ReadAsync(parts, "bundle", EvidenceBundle.MaxBytesWithProofs, cancellation).ConfigureAwait(false);
            var skill = SignedSkill.Verify(SkillArtifact.Read(package));
            var files = open();
            using var disposing = files as IDisposable;
            using var registry = RegistryWriter.Open(files, keys, time);
            Check(statement, skill, (registry.Content.Description.Name, host), package, bundle);
            return await registry.PublishAsync(package, bundle, options.ForUploads(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Check(byte[] bytes, SignedSkill skill, (string Name, string Host) registry, byte[] package, byte[] bundle)
    {
        try
        {
            var statement = UploadStatement.Read(bytes, skill.Signature.PublicKey);
            if (statement with { IssuedAt = default } != UploadStatement.Of(registry.Name, registry.Host, package, bundle, default) || (statement.IssuedAt - time.GetUtcNow()).Duration() > Skew)
            {
                throw RegistryRefusal.Publisher($"the upload was signed for another registry or another host, for other files, or not within {Skew.TotalMinutes} minutes of now");
            }
        }
        catch (FormatException e)
        {
            throw RegistryRefusal.Publisher($"the publisher's key did not sign the upload: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(IFormFileCollection parts, string name, long most, CancellationToken cancellation)
    {
        var part = parts.GetFile(name) ?? throw RegistryRefusal.Form($"the upload has no part '{name}'");
        if (part.Length > most)
        {
            throw RegistryRefusal.Size($"the part '{name}' has more than {most} bytes");
        }

        using var content = new MemoryStream((int)part.Length);
        await part.CopyToAsync(content, cancellation).ConfigureAwait(false);
        return content.ToArray();
    }
}
