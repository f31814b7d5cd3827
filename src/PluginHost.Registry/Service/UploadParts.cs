using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PluginHost.Registry.Publishing;

namespace PluginHost.Registry.Service;

/// <summary>The parts of an upload, read in their order as they come: nothing of one is kept before the one in front of it was accepted.</summary>
internal sealed class UploadParts
{
    private const int MaxBoundary = 70;
    private const int MaxHeaders = 8;
    private const int MaxHeaderBytes = 4 * 1024;
    private const string Form = "an upload is multipart/form-data with the parts upload, package and bundle, in this order";
    private readonly MultipartReader _parts;

    private UploadParts(MultipartReader parts) => _parts = parts;

    /// <summary>Those of a request.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="SkillVerificationException">It has none.</exception>
    public static UploadParts Of(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundary } boundary
            ? new UploadParts(new MultipartReader(boundary.ToString(), request.Body) { HeadersCountLimit = MaxHeaders, HeadersLengthLimit = MaxHeaderBytes, BodyLengthLimit = RegistryUploads.MaxBytes })
            : throw RegistryRefusal.Form(Form);

    /// <summary>Reads the next one.</summary>
    /// <param name="name">What it has to be.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="SkillVerificationException">It is another, is not there whole, or has more.</exception>
    public async Task<byte[]> ReadAsync(string name, int most, CancellationToken cancellation)
    {
        try
        {
            if (await _parts.ReadNextSectionAsync(cancellation).ConfigureAwait(false) is not { } part || part.GetContentDispositionHeader() is not { } said || HeaderUtilities.RemoveQuotes(said.Name) != name)
            {
                throw RegistryRefusal.Form(Form);
            }

            using var content = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int count; (count = await part.Body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                content.Write(buffer, 0, count);
                if (content.Length > most)
                {
                    throw RegistryRefusal.Size($"the part '{name}' has more than {most} bytes");
                }
            }

            return content.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw RegistryRefusal.Form($"the part '{name}' is not there whole: {e.Message}");
        }
    }
}
