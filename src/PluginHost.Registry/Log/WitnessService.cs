using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace PluginHost.Registry.Log;

/// <summary>A witness behind HTTP.</summary>
internal static class WitnessService
{
    private const int MaxRequests = 32;

    /// <summary>Makes the service; it listens when it is started.</summary>
    /// <param name="witness">The witness.</param>
    /// <param name="address">Where it listens; port 0 picks a free one.</param>
    public static WebApplication Create(Witness witness, Uri address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = Witness.MaxRequestBytes;
            options.Limits.MaxConcurrentConnections = MaxRequests;
            options.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        });
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        var service = builder.Build();
        service.MapPost($"{address.AbsolutePath.TrimEnd('/')}/add-checkpoint", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            var answer = witness.Add(body.ToArray());
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            await context.Response.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
        });
        return service;
    }
}
