using System.Collections.Immutable;

namespace PluginHost.Skills.Chain;

/// <summary>Somebody's word for a key: an edge along which trust can flow.</summary>
/// <param name="From">Lower hex key of the voucher.</param>
/// <param name="To">Lower hex key that is vouched for.</param>
/// <param name="Capacity">How much can flow.</param>
/// <param name="Scope">As what it is vouched for.</param>
/// <param name="IssuedAt">Since when.</param>
/// <param name="Expires">Until when.</param>
/// <param name="Sequence">The voucher's number of it.</param>
/// <param name="Link">Its id.</param>
internal sealed record KeyVouch(string From, string To, int Capacity, ImmutableHashSet<string> Scope, DateTimeOffset IssuedAt, DateTimeOffset Expires, long Sequence = 0, string Link = "")
{
    /// <summary>The scope of a key that may vouch for others.</summary>
    public const string Voucher = "voucher";

    /// <summary>Whether the key may vouch for others.</summary>
    public bool PassesOn => Scope.Contains(Voucher);
}
