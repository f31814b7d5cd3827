using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>Something that a skill asks for beyond what every skill may do.</summary>
/// <param name="Capability">What.</param>
/// <param name="Resource">On what, for instance <c>https://api.example.com:443/v1/</c>.</param>
/// <param name="Detail">How it is narrowed, or what it is used for.</param>
/// <param name="Tools">The tools that get it.</param>
public sealed record RequestedCapability(Capability Capability, string Resource, string Detail, IReadOnlyList<string> Tools)
{
    /// <summary>What a skill in bad faith could do with it.</summary>
    public string AtWorst =>
        Capability == Capability.HttpEgress ? "it sends whatever it has seen to this host, and does there what such requests can do"
        : Capability == Capability.FilesystemRead ? "it learns everything that lies there"
        : Capability == Capability.FilesystemWrite ? "it learns everything that lies there, and changes, fills or deletes it"
        : Capability == Capability.SecretsUse ? "it acts in the name of the secret, as often as it is called"
        : Capability == Capability.SecretsRead ? "it knows the secret from then on, and may tell it wherever it may tell anything"
        : Capability == Capability.HostFunction ? "it calls the function with any arguments, as often as it likes"
        : Capability == Capability.SkillCall ? "it makes the other skill work for it, within what both may"
        : Capability == Capability.Environment ? "it learns the value"
        : "it uses all of it in each call";
}
