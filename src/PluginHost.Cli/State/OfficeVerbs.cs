using PluginHost.State;

namespace PluginHost.Cli.State;

/// <summary>The offices that verbs of operators go to.</summary>
internal static class OfficeVerbs
{
    public static OfficeVerb<TrustOffice> Trust() => new(static (root, anchor, who, shared) => new TrustOffice(root, anchor, who, shared));

    public static OfficeVerb<LifecycleOffice> Lifecycle() => new(static (root, anchor, who, shared) => new LifecycleOffice(root, anchor, who, shared), namesPrincipal: true);
}
