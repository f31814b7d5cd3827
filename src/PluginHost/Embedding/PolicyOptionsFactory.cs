using Microsoft.Extensions.Options;

namespace PluginHost.Embedding;

/// <summary>Begins with what a policy file says.</summary>
internal sealed class PolicyOptionsFactory(
    IEnumerable<IConfigureOptions<SkillHostOptions>> setups,
    IEnumerable<IPostConfigureOptions<SkillHostOptions>> postConfigures,
    IEnumerable<IValidateOptions<SkillHostOptions>> validations,
    PolicyOnce policy) : OptionsFactory<SkillHostOptions>(setups, postConfigures, validations)
{
    /// <inheritdoc/>
    protected override SkillHostOptions CreateInstance(string name) => policy.Options();
}
