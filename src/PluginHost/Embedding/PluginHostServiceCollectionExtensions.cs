using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost;
using PluginHost.Embedding;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a <see cref="SkillHost"/>.</summary>
public static class PluginHostServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="SkillHost"/> for the application. It is made when the application starts: options that are wrong, or a state directory that cannot
    /// be used, keep it from starting. When the application stops, the host takes no more calls, waits for those that run, and interrupts them where the
    /// drain time or the application's shutdown time is over. It logs to the category <c>PluginHost</c>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">How the host decides; the defaults trust nobody and grant nothing. Limits follow later changes of the options.</param>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static PluginHostBuilder AddPluginHost(this IServiceCollection services, Action<SkillHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<SkillHostOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options
            .PostConfigure<ILoggerFactory>(static (options, loggers) => options.Logger ??= loggers.CreateLogger(nameof(PluginHost)))
            .ValidateOnStart();
        services.AddLogging();
        if (!services.Any(static service => service.ServiceType == typeof(StartingOptionsValidator)))
        {
            services.AddSingleton<StartingOptionsValidator>();
            services.AddSingleton<IValidateOptions<SkillHostOptions>>(static provider => provider.GetRequiredService<StartingOptionsValidator>());
        }

        services.TryAddSingleton(static provider => SkillHost.Create(provider.GetRequiredService<IOptionsMonitor<SkillHostOptions>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SkillHostService>());
        return new PluginHostBuilder(services);
    }

    /// <summary>The same with options from a policy file, which is read once.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="policyFile">A TOML file; <c>docs/policy.md</c> describes it. One that is missing or breaks a rule keeps the application from starting.</param>
    /// <param name="configure">What the file does not say.</param>
    /// <exception cref="InvalidOperationException">Another policy file is registered.</exception>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static PluginHostBuilder AddPluginHost(this IServiceCollection services, string policyFile, Action<SkillHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(policyFile);
        var policy = new PolicyOnce(Path.GetFullPath(policyFile));
        if (services.FirstOrDefault(static service => service.ServiceType == typeof(PolicyOnce))?.ImplementationInstance is PolicyOnce other && other.Path != policy.Path)
        {
            throw new InvalidOperationException($"the policy file '{other.Path}' is registered already");
        }

        services.TryAddSingleton(policy);
        services.Replace(ServiceDescriptor.Transient<IOptionsFactory<SkillHostOptions>, PolicyOptionsFactory>());
        return services.AddPluginHost(configure);
    }
}
