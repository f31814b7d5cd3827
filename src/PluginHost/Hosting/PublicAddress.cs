namespace PluginHost.Hosting;

/// <summary>Where registries, logs and witnesses may be asked: behind a certificate, or on this machine, where nobody stands in between.</summary>
internal static class PublicAddress
{
    /// <summary>Whether an address is one: https, or http to this machine, and nobody's name or password in it.</summary>
    public static bool Is(Uri address) =>
        address.IsAbsoluteUri && address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
