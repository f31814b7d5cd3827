using GenericHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("PluginHost", LogLevel.Information);

// Limits come from a file that an operator can change; whom to trust and who consents is the application's.
builder.Services.AddPluginHost(Path.Combine(AppContext.BaseDirectory, "policy.toml"), options =>
{
    options.TrustedPublishers["acme"] = ["37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa"];
    options.Consent = (request, _) => ValueTask.FromResult(request.Publisher == "acme" ? ConsentDecision.Accept : ConsentDecision.Refuse);
});
builder.Services.AddHostedService<Worker>();

await builder.Build().RunAsync();
Console.WriteLine("generic host: ok");
