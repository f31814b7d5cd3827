namespace PluginHost.Skills.Trust;

/// <summary>What became of a publisher's key events.</summary>
/// <param name="Keys">What is known of the publisher afterwards; null where nobody is known and no event begins a succession.</param>
/// <param name="Followed">Events that were followed.</param>
/// <param name="Conflict">An event that is as validly signed as another one for its version.</param>
internal sealed record FollowedKeys(PublisherKeys? Keys, IReadOnlyList<KeyEvent> Followed, KeyEvent? Conflict);
