using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Embedding;

/// <summary>
/// Validates options until the application has started. Later changes are the host's to judge, which puts one that breaks a rule on record and changes nothing; thrown from
/// here it would end in whatever reported the change.
/// </summary>
internal sealed class StartingOptionsValidator : IValidateOptions<SkillHostOptions>
{
    private readonly SkillHostOptionsValidator _validator = new();

    /// <summary>Set once the application has started.</summary>
    public bool HasStarted { get; set; }

    public ValidateOptionsResult Validate(string? name, SkillHostOptions options) => HasStarted ? ValidateOptionsResult.Skip : _validator.Validate(name, options);
}
