using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace PluginHost.Library.Registries;

/// <summary>Fetches files of a registry: from one origin, bounded, without redirects, cookies or credentials.</summary>
internal sealed class RegistryClient : IRegistryReader
{
    /// <summary>For all of a file.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Uri _origin;
    private readonly HttpClient _client;
    private readonly Func<string, SkillVerificationException> _refuse;

    /// <param name="origin">Any address of the registry.</param>
    /// <param name="roots">The certificates that its own has to come from; null for those of the system.</param>
    /// <param name="refuse">How what it does not take is refused; null for as a registry.</param>
    public RegistryClient(Uri origin, X509Certificate2Collection? roots, Func<string, SkillVerificationException>? refuse = null)
    {
        _origin = origin;
        _refuse = refuse ?? (static what => new SkillVerificationException("policy", "registry", $"the registry cannot be used: {what}"));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.GZip, MaxResponseHeadersLength = 64 };
        if (roots is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        _client = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("PluginHost", null));
    }

    public void Dispose() => _client.Dispose();

    /// <summary>An address that the registry names, relative to another.</summary>
    /// <exception cref="SkillVerificationException">It is none, or of another origin.</exception>
    public Uri Resolve(Uri from, string reference) =>
        Uri.TryCreate(from, reference, out var address) && IsHere(address) ? address : throw _refuse($"'{reference}' leads away from {_origin.GetLeftPart(UriPartial.Authority)}");

    /// <summary>Fetches a file.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Its bytes; null where there is none.</returns>
    /// <exception cref="SkillVerificationException">It is too large, or somewhere else.</exception>
    /// <exception cref="RegistryUnreachableException">The registry cannot be reached, or takes too long.</exception>
    public async Task<byte[]?> FindAsync(Uri address, int most, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await ReadAsync(response, address, most, patience.Token).ConfigureAwait(false),
                HttpStatusCode.NotFound => null,
                >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => throw _refuse($"{address} answers with a redirect, and none is followed"),
                var status => throw new RegistryUnreachableException($"{address} answers with {(int)status}"),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RegistryUnreachableException($"{address} took longer than {Patience.TotalSeconds} s");
        }
        catch (HttpRequestException e)
        {
            throw new RegistryUnreachableException($"{address} cannot be read: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri address, int most, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > most)
        {
            throw TooLarge(address, most);
        }

        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var content = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int count; (count = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                if (content.Length + count > most)
                {
                    throw TooLarge(address, most);
                }

                content.Write(buffer, 0, count);
            }

            return content.ToArray();
        }
    }

    private bool IsHere(Uri address) =>
        address.Scheme == _origin.Scheme && address.UserInfo.Length == 0 && address.Port == _origin.Port && string.Equals(address.IdnHost, _origin.IdnHost, StringComparison.OrdinalIgnoreCase);

    private SkillVerificationException TooLarge(Uri address, int most) => _refuse($"{address} has more than {most} bytes");
}
