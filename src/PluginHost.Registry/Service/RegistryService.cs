using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PluginHost.Hosting;
using PluginHost.Library.Registries;
using PluginHost.Registry.Publishing;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Registry.Service;

/// <summary>What a registry answers: its files as they are, and pages for people.</summary>
/// <param name="files">The registry's files.</param>
/// <param name="judge">Judges a package with its bundle, as the operator would.</param>
/// <param name="time">The time.</param>
internal sealed class RegistryService(IPublicFiles files, Func<byte[], byte[], PackageJudgement> judge, TimeProvider time) : IDisposable
{
    private const int MaxJudged = 1_000;

    /// <summary>For how long a judgement is kept: vouches end, and policies change.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private const int MaxQuery = 200;
    private static readonly string[] Names = [RegistryFiles.Index, RegistryFiles.Timestamp, RegistryFiles.Advisories, RegistryFiles.Delegations, RegistryDescription.File];
    private static readonly string[] Folders = [RegistryFiles.Packages + "/", RegistryFiles.Log + "/"];
    private readonly RegistryReader _reader = new(files);
    private readonly ConcurrentDictionary<(string Package, string Bundle, long Slot), SkillView> _judged = [];
    private readonly SemaphoreSlim _judging = new(1);

    public void Dispose() => _judging.Dispose();

    /// <summary>Whether a request is for a page, which costs more than a file.</summary>
    public static bool IsPage(PathString path) => path == "/" || path.StartsWithSegments("/skills", StringComparison.Ordinal);

    /// <summary>What of a response no browser is to guess.</summary>
    public static void Harden(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>Answers on a server.</summary>
    public void Map(WebApplication application)
    {
        application.MapMethods("/", ["GET", "HEAD"], ListAsync);
        application.MapMethods("/skills/{skill}/{version}", ["GET", "HEAD"], SkillAsync);
        application.MapMethods("/{**path}", ["GET", "HEAD"], FileAsync);
    }

    private Task ListAsync(HttpContext context) => PageAsync(context, () => Task.FromResult(RegistryPages.List(_reader.Read(), Query(context), time.GetUtcNow())));

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

    private async Task<string> RenderAsync(HttpContext context)
    {
        var content = _reader.Read();
        var (skill, version) = ((string?)context.Request.RouteValues["skill"] ?? "", (string?)context.Request.RouteValues["version"] ?? "");
        var entry = content.Entries.FirstOrDefault(entry => entry.SkillId == skill && entry.Version.ToString() == version)
            ?? throw RegistryRefusal.Unknown(content.Advisories.Where(advisory => advisory.Skill == skill && advisory.Version == version).OrderByDescending(advisory => advisory.Action).FirstOrDefault() is { } against
                ? $"it is not offered any more ({RegistryAdvisory.NameOf(against.Action)}: {against.Reason})"
                : "the registry offers no such version");
        var bundle = files.Find(entry.Artifact + RegistryFiles.BundleExtension, EvidenceBundle.MaxBytesWithProofs) ?? [];
        return RegistryPages.Skill(content, entry, await ViewAsync(entry, bundle, context.RequestAborted).ConfigureAwait(false), time.GetUtcNow());
    }

    /// <summary>A judgement takes a moment and much memory: one is made at a time, and kept.</summary>
    private async Task<SkillView> ViewAsync(RegistryEntry entry, byte[] bundle, CancellationToken cancellation)
    {
        var key = (entry.ArtifactSha256, Convert.ToHexStringLower(SHA256.HashData(bundle)), time.GetUtcNow().Ticks / Kept.Ticks);
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

            var package = files.Find(entry.Artifact, ArchiveLimits.TotalBytes);
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
            return SkillView.Of(judge(package, bundle));
        }
        catch (SkillException e)
        {
            return new SkillView { Refusal = $"{e.Code}: {e.Message}" };
        }
    }

    private async Task FileAsync(HttpContext context)
    {
        var path = (string?)context.Request.RouteValues["path"] ?? "";
        Stream? found;
        try
        {
            found = IsPublic(path) ? files.Open(path, ArchiveLimits.TotalBytes) : null;
        }
        catch (Exception e) when (e is IOException or SkillException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        await using var content = found;
        Harden(context);
        if (content is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : path.EndsWith(".jsonl", StringComparison.Ordinal) ? "application/jsonl" : path == RegistryFiles.Log + "/checkpoint" ? "text/plain; charset=utf-8" : "application/octet-stream";

        // Tiles never change under their names, whole or in part; everything else does.
        context.Response.Headers.CacheControl = path.StartsWith(RegistryFiles.Log + "/tile/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        context.Response.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await content.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a path is one of a registry's, in its one form.</summary>
    private static bool IsPublic(string path) =>
        path.Length <= 512 && path.Split('/').All(part => part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+'))
        && (Names.Contains(path) || (path.StartsWith("index-", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)) || Array.Exists(Folders, folder => path.StartsWith(folder, StringComparison.Ordinal)));
}
