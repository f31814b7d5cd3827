using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PluginHost.Registry.Publishing;

namespace PluginHost.Registry.Service;

/// <summary>Where uploads come in: some at a time, each within its time and its bytes.</summary>
/// <param name="uploads">Takes them.</param>
/// <param name="hosts">Names, with ports, by which the registry is known.</param>
internal sealed class UploadEndpoint(RegistryUploads uploads, Func<IReadOnlyCollection<string>> hosts) : IDisposable
{
    /// <summary>Where they are sent to.</summary>
    public const string Path = "/publish";

    private const int UploadsAtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UploadTime = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, bool> _sending = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(UploadsAtOnce);

    public void Dispose() => _turns.Dispose();

    /// <summary>Answers one.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = RegistryUploads.MaxBytes;
        }

        RegistryService.Harden(context);

        // One at a time from anybody: else one sender could hold all turns.
        var network = RegistryServer.NetworkOf(context.Connection.RemoteIpAddress);
        if (!_sending.TryAdd(network, true))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        try
        {
            if (!await _turns.WaitAsync(TimeSpan.Zero, context.RequestAborted).ConfigureAwait(false))
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return;
            }

            try
            {
                await TakeAsync(context).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }

            await DrainAsync(context).ConfigureAwait(false);
        }
        finally
        {
            _sending.TryRemove(network, out _);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        JsonObject answer;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(UploadTime);
        try
        {
            var host = context.Request.Host.Value ?? "";
            if (!hosts().Contains(host, StringComparer.OrdinalIgnoreCase))
            {
                throw RegistryRefusal.Publisher("nobody said that this registry is known by the name that the request was sent to ('registry serve --host')");
            }

            var published = await uploads.TakeAsync(UploadParts.Of(context.Request), host, limit.Token).ConfigureAwait(false);
            answer = new JsonObject { ["skill_id"] = published.Skill, ["version"] = published.Version, ["payload_sha256"] = published.Payload, ["links"] = published.Links, ["logged"] = published.Logged };
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status408RequestTimeout;
            return;
        }
        catch (Exception e) when (e is SkillException or InvalidDataException or BadHttpRequestException or IOException)
        {
            context.Response.StatusCode = e is SkillVerificationException ? StatusCodes.Status422UnprocessableEntity : e is BadHttpRequestException bad ? bad.StatusCode : e is InvalidDataException ? StatusCodes.Status400BadRequest : StatusCodes.Status503ServiceUnavailable;
            answer = new JsonObject { ["error"] = new JsonObject { ["code"] = e is SkillException refused ? refused.Code : "registry.form", ["message"] = e is IOException and not BadHttpRequestException ? "the registry cannot be written" : e.Message } };
        }

        var bytes = Encoding.UTF8.GetBytes(answer.ToJsonString() + "\n");
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Lets a sender who was refused early come to the end for a moment: most look for an answer only then.</summary>
    private static async Task DrainAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Patience);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nobody waits any more.
        }
    }
}
