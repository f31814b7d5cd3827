using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost.Registry.Service;

/// <summary>A registry behind HTTP: what it answers, and uploads of publishers whom it knows where it takes any, with limits for whoever asks.</summary>
internal static class RegistryServer
{
    private const int MaxConnections = 200;
    private const int UploadsPerMinute = 6;
    private const int PagesPerMinute = 600;

    /// <summary>A host that reads a log of 250,000 entries for the first time asks for 2,000 files.</summary>
    private const int FilesPerMinute = 6_000;

    private const int RequestsAtOnce = 16;
    private const int NetworkBytes = 8;
    private const double SlowestBytesPerSecond = 16 * 1024;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Makes the server; it listens when it is started.</summary>
    /// <param name="files">The registry's files.</param>
    /// <param name="address">Where it listens; port 0 picks a free one.</param>
    /// <param name="judge">Judges a package with its bundle, as the operator would.</param>
    /// <param name="uploads">Takes uploads; null where none are taken.</param>
    /// <param name="proxies">Addresses of servers in front of it: what they say of who asks is believed.</param>
    /// <param name="hosts">Names, with ports, by which uploads may call it; none for what it listens at.</param>
    /// <param name="time">The time.</param>
    public static WebApplication Create(IPublicFiles files, Uri address, Func<byte[], byte[], PackageJudgement> judge, RegistryUploads? uploads, IReadOnlyCollection<IPAddress> proxies, IReadOnlyCollection<string> hosts, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, TimeSpan.FromSeconds(10));
            options.Limits.MinResponseDataRate = new MinDataRate(SlowestBytesPerSecond, TimeSpan.FromSeconds(10));
        });
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            options.GlobalLimiter = PartitionedRateLimiter.CreateChained(AtOnce(), PartitionedRateLimiter.Create<HttpContext, string>(context =>
            {
                var (kind, most) = HttpMethods.IsPost(context.Request.Method) && context.Request.Path == UploadEndpoint.Path ? ("upload", UploadsPerMinute)
                    : RegistryService.IsPage(context.Request.Path) ? ("page", PagesPerMinute)
                    : ("file", FilesPerMinute);
                return RateLimitPartition.GetFixedWindowLimiter($"{kind} {NetworkOf(context.Connection.RemoteIpAddress)}", _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window });
            }));
        });
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        var application = builder.Build();
        Forward(application, proxies);

        // What is sent may not be read to its end: nothing else comes over that connection.
        application.Use((context, next) =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.Headers.Connection = "close";
            }

            return next(context);
        });
        application.UseRateLimiter();
        var service = new RegistryService(files, judge, time);
        application.Lifetime.ApplicationStopped.Register(service.Dispose);
        service.Map(application);
        if (uploads is not null)
        {
            var endpoint = new UploadEndpoint(uploads, () => hosts.Count > 0 ? hosts : [.. application.Urls.Select(url => new Uri(url)).SelectMany(url => url.IsLoopback ? [url.Authority, $"localhost:{url.Port}"] : (string[])[url.Authority])]);
            application.Lifetime.ApplicationStopped.Register(endpoint.Dispose);
            application.MapPost(UploadEndpoint.Path, endpoint.AnswerAsync);
        }

        return application;
    }

    /// <summary>A file may be held in memory while it is sent, however slowly it is read.</summary>
    private static PartitionedRateLimiter<HttpContext> AtOnce() => PartitionedRateLimiter.Create<HttpContext, string>(
        context => RateLimitPartition.GetConcurrencyLimiter(NetworkOf(context.Connection.RemoteIpAddress), static _ => new ConcurrencyLimiterOptions { PermitLimit = RequestsAtOnce }));

    private static void Forward(WebApplication application, IReadOnlyCollection<IPAddress> proxies)
    {
        if (proxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost, ForwardLimit = proxies.Count };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            forwarded.KnownProxies.Add(proxy);
        }

        application.UseForwardedHeaders(forwarded);
    }

    /// <summary>Who asks, as far as that can be told: of IPv6 everybody has as many addresses as there are in a network.</summary>
    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString() ?? "";
        }

        return Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes));
    }
}
