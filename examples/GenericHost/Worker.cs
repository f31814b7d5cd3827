using Microsoft.Extensions.Hosting;
using PluginHost;

namespace GenericHost;

/// <summary>Does the application's work with a skill, then ends the application.</summary>
internal sealed class Worker(SkillHost host, IHostApplicationLifetime application) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var skill = await host.LoadSkillAsync(Path.Combine(AppContext.BaseDirectory, "skills", "text.palyra-skill"), cancellationToken: stoppingToken);
        var answer = await skill.CallAsync("acme.text.shout", "hello from a hosted service", cancellationToken: stoppingToken);
        Console.WriteLine(answer.Text);

        // The host is a service: it drains and closes its audit log when the application stops.
        application.StopApplication();
    }
}
