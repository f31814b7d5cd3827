using CustomFunction;
using PluginHost;

var options = new SkillHostOptions
{
    TrustedPublishers = { ["acme"] = ["37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa"] },
    Consent = (request, _) =>
    {
        Console.WriteLine(request);
        return ValueTask.FromResult(ConsentDecision.Accept);
    },
};
options.Functions.AddFrom(new OrderBook());

await using var host = SkillHost.Create(options);
var skill = await host.LoadSkillAsync(Path.Combine(AppContext.BaseDirectory, "skills", "orders.palyra-skill"));

foreach (var person in new[] { "amina", "boris" })
{
    var answer = await skill.CallAsync("acme.orders.status", "A-17", new CallContext { Principal = person });
    Console.WriteLine($"{person}: A-17 is '{answer.Text}'");
}

try
{
    await skill.CallAsync("acme.orders.cancel", "A-17", new CallContext { Principal = "amina" });
}
catch (CapabilityDeniedException e)
{
    Console.WriteLine($"{e.Code}: {e.Capability} on {e.Resource} was denied to the tool that was not granted it");
    Console.WriteLine("custom function: ok");
}
