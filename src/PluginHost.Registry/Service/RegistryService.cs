using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;
using PluginHost.Hosting;
using PluginHost.Library.Registries;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Registry.Service;

/// <summary>A registry behind HTTP: its files as they are, a page for people, and uploads of publishers whom it knows where it takes any.</summary>
internal sealed class RegistryService : IDisposable
{
    private const int MaxConnections = 200;
    private const int MaxJudged = 1_000;
    private const int MaxQuery = 200;
    private const int RequestsPerMinute = 600;
    private const int UploadsPerMinute = 6;
    private const int UploadsAtOnce = 4;
    private const int NetworkBytes = 8;
    private const double SlowestBytesPerSecond = 16 * 1024;
    private const string PublishPath = "/publish";
    private static readonly TimeSpan UploadTime = TimeSpan.FromMinutes(10);
    private static readonly string[] Names = [RegistryFiles.Index, RegistryFiles.Timestamp, RegistryFiles.Advisories, RegistryFiles.Delegations, RegistryDescription.File];
    private static readonly string[] Folders = [RegistryFiles.Packages + "/", RegistryFiles.Log + "/"];
    private readonly IPublicFiles _files;
    private readonly RegistryReader _reader;
    private readonly Func<byte[], byte[], PackageJudgement> _judge;
    private readonly RegistryUploads? _uploads;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Package, string Bundle), SkillView> _judged = [];
    private readonly SemaphoreSlim _judging = new(1);
    private readonly SemaphoreSlim _uploading = new(UploadsAtOnce);

    private RegistryService(IPublicFiles files, Func<byte[], byte[], PackageJudgement> judge, RegistryUploads? uploads, TimeProvider time) =>
        (_files, _reader, _judge, _uploads, _time) = (files, new RegistryReader(files), judge, uploads, time);

    /// <summary>Makes the service; it listens when it is started.</summary>
    /// <param name="files">The registry's files.</param>
    /// <param name="address">Where it listens; port 0 picks a free one.</param>
    /// <param name="judge">Judges a package with its bundle, as the operator would.</param>
    /// <param name="uploads">Takes uploads; null where none are taken.</param>
    /// <param name="proxies">Addresses of servers in front of it: what they say of who asks is believed.</param>
    /// <param name="time">The time.</param>
    public static WebApplication Create(IPublicFiles files, Uri address, Func<byte[], byte[], PackageJudgement> judge, RegistryUploads? uploads, IReadOnlyCollection<IPAddress> proxies, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MinRequestBodyDataRate = new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(SlowestBytesPerSecond, TimeSpan.FromSeconds(10));
            options.Limits.MinResponseDataRate = new Microsoft.AspNetCore.Server.Kestrel.Core.MinDataRate(SlowestBytesPerSecond, TimeSpan.FromSeconds(10));
        });
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            {
                var isUpload = HttpMethods.IsPost(context.Request.Method) && context.Request.Path == PublishPath;
                return RateLimitPartition.GetFixedWindowLimiter($"{(isUpload ? "upload" : "read")} {NetworkOf(context.Connection.RemoteIpAddress)}", _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = isUpload ? UploadsPerMinute : RequestsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                });
            });
        });
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        var application = builder.Build();
        if (proxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost, ForwardLimit = proxies.Count };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in proxies)
            {
                forwarded.KnownProxies.Add(proxy);
            }

            application.UseForwardedHeaders(forwarded);
        }

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
        var service = new RegistryService(files, judge, uploads, time);
        application.Lifetime.ApplicationStopped.Register(service.Dispose);
        service.Map(application);
        return application;
    }

    public void Dispose()
    {
        _judging.Dispose();
        _uploading.Dispose();
    }

    /// <summary>Who asks, as far as that can be told: of IPv6 everybody has as many addresses as there are in a network.</summary>
    private static string NetworkOf(IPAddress? address)
    {
        if (address is null || address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString() ?? "";
        }

        return Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes));
    }

    private void Map(WebApplication application)
    {
        application.MapMethods("/", ["GET", "HEAD"], ListAsync);
        application.MapMethods("/skills/{skill}/{version}", ["GET", "HEAD"], SkillAsync);
        application.MapMethods("/{**path}", ["GET", "HEAD"], FileAsync);
        if (_uploads is not null)
        {
            application.MapPost(PublishPath, UploadAsync);
        }
    }

    private Task ListAsync(HttpContext context) => PageAsync(context, () => Task.FromResult(RegistryPages.List(_reader.Read(), Query(context), _time.GetUtcNow())));

    private Task SkillAsync(HttpContext context) => PageAsync(context, () => RenderAsync(context));

    private static string Query(HttpContext context) => context.Request.Query["q"].ToString() is { Length: <= MaxQuery } query ? query.Trim() : "";

    private static async Task PageAsync(HttpContext context, Func<Task<string>> render)
    {
        string page;
        try
        {
            page = await render().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SkillException or IOException)
        {
            context.Response.StatusCode = e is SkillVerificationException { Code: "registry.unknown" } ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable;
            page = RegistryPages.Problem(context.Response.StatusCode == StatusCodes.Status404NotFound ? "Not here" : "Not now", e is SkillException refused ? $"{refused.Code}: {refused.Message}" : "The registry cannot be read.");
        }

        Harden(context);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        await context.Response.WriteAsync(HttpMethods.IsHead(context.Request.Method) ? "" : page, context.RequestAborted).ConfigureAwait(false);
    }

    private static void Harden(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private async Task<string> RenderAsync(HttpContext context)
    {
        var content = _reader.Read();
        var (skill, version) = ((string?)context.Request.RouteValues["skill"] ?? "", (string?)context.Request.RouteValues["version"] ?? "");
        var entry = content.Entries.FirstOrDefault(entry => entry.SkillId == skill && entry.Version.ToString() == version)
            ?? throw RegistryRefusal.Unknown(content.Advisories.FirstOrDefault(advisory => advisory.Skill == skill && advisory.Version == version) is { } against
                ? $"it is not offered any more ({RegistryAdvisory.NameOf(against.Action)}: {against.Reason})"
                : "the registry offers no such version");
        var bundle = _files.Find(entry.Artifact + RegistryFiles.BundleExtension, EvidenceBundle.MaxBytesWithProofs) ?? [];
        return RegistryPages.Skill(content, entry, await ViewAsync(entry, bundle, context.RequestAborted).ConfigureAwait(false), _time.GetUtcNow());
    }

    /// <summary>A judgement takes a moment and much memory: one is made at a time, and kept.</summary>
    private async Task<SkillView> ViewAsync(RegistryEntry entry, byte[] bundle, CancellationToken cancellation)
    {
        var key = (entry.ArtifactSha256, Convert.ToHexStringLower(SHA256.HashData(bundle)));
        if (_judged.TryGetValue(key, out var known))
        {
            return known;
        }

        await _judging.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_judged.TryGetValue(key, out known))
            {
                return known;
            }

            var package = _files.Find(entry.Artifact, ArchiveLimits.TotalBytes);
            var view = package is null || Convert.ToHexStringLower(SHA256.HashData(package)) != entry.ArtifactSha256
                ? new SkillView { Refusal = "its file is another one than is offered, or gone" }
                : await Task.Run(() => Judge(package, bundle), cancellation).ConfigureAwait(false);
            if (_judged.Count >= MaxJudged)
            {
                _judged.Clear();
            }

            return _judged[key] = view;
        }
        finally
        {
            _judging.Release();
        }
    }

    private SkillView Judge(byte[] package, byte[] bundle)
    {
        try
        {
            return SkillView.Of(_judge(package, bundle));
        }
        catch (SkillException e)
        {
            return new SkillView { Refusal = $"{e.Code}: {e.Message}" };
        }
    }

    private async Task FileAsync(HttpContext context)
    {
        var path = (string?)context.Request.RouteValues["path"] ?? "";
        byte[]? bytes = null;
        try
        {
            bytes = IsPublic(path) ? _files.Find(path, ArchiveLimits.TotalBytes) : null;
        }
        catch (Exception e) when (e is IOException or SkillException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Harden(context);
        if (bytes is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : path.EndsWith(".jsonl", StringComparison.Ordinal) ? "application/jsonl" : path == RegistryFiles.Log + "/checkpoint" ? "text/plain; charset=utf-8" : "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a path is one of a registry's, in its one form.</summary>
    private static bool IsPublic(string path) =>
        path.Length <= 512 && path.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+'))
        && (Names.Contains(path) || (path.StartsWith("index-", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)) || Array.Exists(Folders, folder => path.StartsWith(folder, StringComparison.Ordinal)));

    private async Task UploadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = RegistryUploads.MaxBytes;
        }

        Harden(context);
        if (!await _uploading.WaitAsync(TimeSpan.Zero, context.RequestAborted).ConfigureAwait(false))
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
            _uploading.Release();
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        JsonObject answer;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(UploadTime);
        try
        {
            var form = context.Request.HasFormContentType
                ? await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = RegistryUploads.MaxBytes, ValueCountLimit = 8, MultipartHeadersCountLimit = 8 }, limit.Token).ConfigureAwait(false)
                : throw RegistryRefusal.Form("an upload is multipart/form-data with the parts upload, package and bundle");
            var published = await _uploads!.TakeAsync(form.Files, context.Request.Host.Value ?? "", limit.Token).ConfigureAwait(false);
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

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString() + "\n", Encoding.UTF8, context.RequestAborted).ConfigureAwait(false);
    }
}
