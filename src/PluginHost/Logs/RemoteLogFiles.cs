using System.Security.Cryptography.X509Certificates;
using PluginHost.Library.Registries;
using PluginHost.Skills.Transparency;

namespace PluginHost.Logs;

/// <summary>The files of a log behind a web server.</summary>
/// <param name="prefix">Its address, with a slash at its end.</param>
/// <param name="roots">Certificates that its own has to come from; null for those of the system.</param>
internal sealed class RemoteLogFiles(Uri prefix, X509Certificate2Collection? roots) : ILogFiles, IDisposable
{
    private readonly RegistryClient _client = new(prefix, roots, static what => LogRefusal.Form($"the log cannot be used: {what}"));

    public void Dispose() => _client.Dispose();

    /// <inheritdoc/>
    public async ValueTask<byte[]?> FindAsync(string path, int maxBytes, CancellationToken cancellation) =>
        await _client.FindAsync(_client.Resolve(prefix, path), maxBytes, cancellation).ConfigureAwait(false);
}
