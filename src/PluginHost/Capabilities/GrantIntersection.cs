using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Http;
using PluginHost.Gate;

namespace PluginHost.Capabilities;

/// <summary>
/// What a skill may do on behalf of another: outside, what both may; what is its own alone, its data and the secrets of its own
/// scope, stays.
/// </summary>
internal static class GrantIntersection
{
    private const string OwnScope = "skill:";

    /// <summary>Pairs of grants that overlap could become many from skill to skill; what is beyond them is not granted.</summary>
    private const int MaxGrants = 256;

    /// <summary>The grant of a call within another: as below, and of what is counted no more than the other has left.</summary>
    public static EffectiveGrant Of(EffectiveGrant callee, GuestCall caller)
    {
        return Of(callee, caller.Grant) with
        {
            LogBytes = Left(Capability.Log, callee.LogBytes, caller.Grant.LogBytes),
            RandomBytes = Left(Capability.Random, callee.RandomBytes, caller.Grant.RandomBytes),
            StdioBytes = Left(Capability.Stdio, callee.StdioBytes, caller.Grant.StdioBytes),
        };

        long Left(Capability capability, long own, long whole) => Math.Max(0, Math.Min(own, whole - caller.QuietBytes(capability)));
    }

    public static EffectiveGrant Of(EffectiveGrant callee, EffectiveGrant caller) => callee with
    {
        Http = [.. callee.Http.SelectMany(own => caller.Http.Select(other => Both(own, other, caller)).OfType<HttpGrant>()).Take(MaxGrants)],
        Secrets = [.. callee.Secrets.Where(name => IsOwn(name) || caller.Secrets.Contains(name))],
        ReadableSecrets = [.. callee.ReadableSecrets.Where(name => IsOwn(name) || caller.ReadableSecrets.Contains(name))],
        Files = [.. callee.Files.Select(own => own.Tree is HostDirectory mapped ? Both(own, mapped, caller) : own).OfType<FileGrant>()],
        HostFunctions = callee.HostFunctions.Intersect(caller.HostFunctions),
        Withdrawn = callee.Withdrawn.Union(caller.Withdrawn),
    };

    private static bool IsOwn(string secret) => secret.StartsWith(OwnScope, StringComparison.Ordinal);

    private static HttpGrant? Both(HttpGrant own, HttpGrant other, EffectiveGrant caller)
    {
        var methods = own.Methods.IsEmpty ? other.Methods : other.Methods.IsEmpty ? own.Methods : [.. own.Methods.Intersect(other.Methods)];
        var isEmpty = methods.IsEmpty && !(own.Methods.IsEmpty && other.Methods.IsEmpty);
        var path = own.Covers(other.PathPrefix) ? other.PathPrefix : other.Covers(own.PathPrefix) ? own.PathPrefix : null;
        var secretIsShared = own.Secret is { } secret && !IsOwn(secret.Name) && !caller.Secrets.Contains(secret.Name);
        return own.Host != other.Host || own.Scheme != other.Scheme || own.Port != other.Port || isEmpty || path is null || secretIsShared
            ? null
            : own with { Methods = methods, PathPrefix = path, FollowsRedirects = own.FollowsRedirects && other.FollowsRedirects };
    }

    private static FileGrant? Both(FileGrant own, HostDirectory mapped, EffectiveGrant caller)
    {
        var same = caller.Files.Where(other => other.Tree is HostDirectory directory && directory.Identity == mapped.Identity).ToList();
        return same.Count == 0 ? null : own with { CanWrite = own.CanWrite && same.Any(other => other.CanWrite) };
    }
}
