namespace PluginHost;

/// <summary>A secret that does not show itself: as text it is <see cref="Redacted"/>.</summary>
/// <param name="value">The secret.</param>
public sealed class SecretValue(string value)
{
    private readonly string _value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>What logs and messages may hold in its place.</summary>
    public string Redacted { get; } = "[secret]";

    /// <summary>The secret itself, for where it has to go. The analyzers watch where that is (PHG014).</summary>
    public string Reveal() => _value;

    /// <summary>Not the secret.</summary>
    public override string ToString() => Redacted;
}
