using PluginHost.Skills.Cryptography;

namespace PluginHost.Tests.Hosting;

/// <summary>Hosts that trust the key of the fixtures and consent to everything, unless a test says otherwise.</summary>
internal static class TestHosts
{
    public const string Publisher = "acme";

    /// <summary>The key that fixtures and packages of tests are signed with.</summary>
    public static SigningKey Key { get; } = SigningKey.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "test-key.pem")), () => null);

    public static SkillHostOptions Options() => new()
    {
        TrustedPublishers = { [Publisher] = [Convert.ToHexStringLower(Key.PublicKey)] },
        Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept),
    };

    public static SkillHost Create(Action<SkillHostOptions>? configure = null)
    {
        var options = Options();
        configure?.Invoke(options);
        return SkillHost.Create(options);
    }
}
