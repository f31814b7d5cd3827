using Microsoft.Extensions.Hosting;

namespace PluginHost.Embedding;

/// <summary>Ties the host to the life of the application. Made with it: that the host cannot be made keeps the application from starting.</summary>
internal sealed class SkillHostService(SkillHost host, StartingOptionsValidator validator) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        validator.HasStarted = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);
}
