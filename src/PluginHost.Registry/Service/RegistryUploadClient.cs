using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using PluginHost.Hosting;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;

namespace PluginHost.Registry.Service;

/// <summary>Sends a package to a registry, signed by its publisher for that registry.</summary>
internal static class RegistryUploadClient
{
    private const int MaxAnswer = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <param name="address">The registry; https, or http on this machine.</param>
    /// <param name="package">The package.</param>
    /// <param name="bundle">What is said of it.</param>
    /// <param name="key">The publisher's key.</param>
    /// <param name="roots">Certificates that the registry's own has to come from; null for those of the system.</param>
    /// <param name="time">The time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What the registry answered.</returns>
    /// <exception cref="SkillVerificationException">The registry refused it.</exception>
    /// <exception cref="IOException">It cannot be reached, or answers something else.</exception>
    public static async Task<UploadAnswer> PublishAsync(Uri address, byte[] package, byte[] bundle, SigningKey key, X509Certificate2Collection? roots, TimeProvider time, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (roots is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        using var client = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxAnswer };
        try
        {
            var name = Json(await client.GetByteArrayAsync(new Uri(address, RegistryDescription.File), cancellation).ConfigureAwait(false)).Text("name") ?? throw new IOException($"{address} does not say what it is called");
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(UploadStatement.Of(name, address.Authority, Convert.ToHexStringLower(key.PublicKey), package, bundle, time.GetUtcNow()).Sign(key)), "upload", "upload" },
                { new ByteArrayContent(package), "package", "package" },
                { new ByteArrayContent(bundle), "bundle", "bundle" },
            };
            using var response = await client.PostAsync(new Uri(address, "publish"), form, cancellation).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
            {
                throw new IOException($"{address} takes no uploads");
            }

            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestEntityTooLarge)
            {
                throw new IOException($"{address} takes nothing more just now ({(int)response.StatusCode})");
            }

            var answer = Json(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
            return response.IsSuccessStatusCode ? UploadAnswer.Read(answer) ?? throw new IOException($"{address} does not say what it took")
                : answer.TryGetProperty("error", out var error) && error.Text("code") is { } code && code.StartsWith("registry.", StringComparison.Ordinal) ? throw new SkillVerificationException("registry", Printable.Text(code["registry.".Length..]), Printable.Text(error.Text("message") ?? ""))
                : throw new SkillVerificationException("registry", "refused", Printable.Text($"{address} refused it: {(error.ValueKind == JsonValueKind.Object ? $"{error.Text("code")}: {error.Text("message")}" : $"{(int)response.StatusCode}")}"));
        }
        catch (JsonException e)
        {
            throw new IOException($"{address} does not answer as registries do", e);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"{address} cannot be used: {e.Message}", e);
        }
    }

    private static JsonElement Json(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException("it is no object");
    }
}
