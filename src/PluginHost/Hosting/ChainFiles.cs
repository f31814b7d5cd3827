using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;

namespace PluginHost.Hosting;

/// <summary>Files that a policy names for chains, as they are now.</summary>
internal sealed class ChainFiles(ChainOptions options)
{
    private readonly FollowedFile<TrustBundle> _vouches = new(options.TrustBundleFile, TrustBundle.MaxBytes, static bytes => TrustBundle.Read(bytes), TrustBundle.Empty);
    private readonly FollowedFile<LogPolicy> _logs = new(options.LogPolicyFile, LogPolicy.MaxBytes, static bytes => LogPolicy.Read(bytes), LogPolicy.Empty);

    /// <summary>Settings with what the files say.</summary>
    /// <exception cref="SkillStateException">One cannot be used as it is now.</exception>
    public InspectionSettings In(InspectionSettings settings) => settings with { Chain = settings.Chain with { Vouches = _vouches.Current(), Logs = _logs.Current() } };
}
