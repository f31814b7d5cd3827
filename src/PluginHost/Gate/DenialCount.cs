using PluginHost.Capabilities;

namespace PluginHost.Gate;

/// <summary>Keeps a guest that asks for the same thing again and again from filling the log, and in the end from going on.</summary>
internal sealed class DenialCount
{
    /// <summary>Denials of the same thing that are put on record one by one; further ones are only counted.</summary>
    public const int MostAlike = 16;

    /// <summary>Denials in a call, after which it ends.</summary>
    public const int Most = 1_000;

    private readonly Dictionary<(Capability, string), int> _alike = [];

    public int All { get; private set; }

    /// <summary>Counts a denial.</summary>
    /// <returns>Whether it is to be put on record by itself.</returns>
    /// <exception cref="GuestLimitException">There were too many.</exception>
    public bool Count(Capability capability, string resource)
    {
        if (++All > Most)
        {
            throw new GuestLimitException("limit.denials", $"the call was denied more than {Most} demands");
        }

        return (_alike[(capability, resource)] = _alike.GetValueOrDefault((capability, resource)) + 1) <= MostAlike;
    }
}
