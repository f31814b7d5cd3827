using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PluginHost.Embedding;

namespace PluginHost;

/// <summary>Adds to a registered <see cref="SkillHost"/>.</summary>
public sealed class PluginHostBuilder
{
    internal PluginHostBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Audits installed skills again and again while the application runs, and quarantines what fails. Needs a state directory.</summary>
    /// <param name="configure">When.</param>
    public PluginHostBuilder AddReAudit(Action<SkillReAuditOptions>? configure = null)
    {
        var options = Services.AddOptions<SkillReAuditOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options.ValidateOnStart();
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SkillReAuditOptions>, SkillReAuditOptionsValidator>());
        Services.TryAddSingleton<SkillReAuditService>();
        if (!Services.Any(static service => service.ServiceType == typeof(ReAuditMark)))
        {
            Services.AddSingleton<ReAuditMark>();
            Services.AddHostedService(static provider => provider.GetRequiredService<SkillReAuditService>());
        }

        return this;
    }

    /// <summary>Says that the service is registered, however often somebody asks for it.</summary>
    private sealed class ReAuditMark;
}
