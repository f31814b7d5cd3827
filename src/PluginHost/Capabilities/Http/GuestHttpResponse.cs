namespace PluginHost.Capabilities.Http;

/// <summary>The answer to a request of a guest.</summary>
/// <param name="Status">Its status code.</param>
/// <param name="Body">Its body.</param>
/// <param name="Location">Where a redirect leads, as the server wrote it.</param>
/// <param name="Headers">Its headers, names in lower case, without cookies: nothing here keeps any.</param>
internal sealed record GuestHttpResponse(int Status, byte[] Body, string? Location, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308 && Location is not null;
}
