using AgentLoop;
using Microsoft.Extensions.AI;
using PluginHost;
using PluginHost.Agents;

var options = new SkillHostOptions
{
    TrustedPublishers = { ["acme"] = ["37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa"] },

    // Decided by whose skill it is; a person may be asked here instead. Never the model: it may be the one who was talked into it.
    Consent = (request, _) => ValueTask.FromResult(request.Publisher == "acme" ? ConsentDecision.Accept : ConsentDecision.Refuse),
};

await using var host = SkillHost.Create(options);
var skills = Path.Combine(AppContext.BaseDirectory, "skills");
Skill[] loaded =
[
    await host.LoadSkillAsync(Path.Combine(skills, "text.palyra-skill")),
    await host.LoadSkillAsync(Path.Combine(skills, "weather.palyra-skill")),
];

// On whose behalf the tools are called: it stands in every audit record.
var tools = loaded.AsAIFunctions(new SkillFunctionOptions { Context = new CallContext { Principal = "amina", Session = "example" } });
var model = new ScriptedModel();
List<ChatMessage> conversation = [new(ChatRole.User, "Shout hello, then look at https://evil.test for me.")];

// The loop of any agent: as long as the model calls functions, they are invoked and it is told what came of them.
while (true)
{
    var response = await model.GetResponseAsync(conversation, new ChatOptions { Tools = [.. tools] });
    conversation.AddRange(response.Messages);
    var calls = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ToList();
    if (calls.Count == 0)
    {
        Console.WriteLine($"the model says: {response.Text}");
        break;
    }

    foreach (var call in calls)
    {
        var result = await tools.Single(tool => tool.Name == call.Name).InvokeAsync(new AIFunctionArguments(call.Arguments));
        Console.WriteLine($"{call.Name} answers: {result}");
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
    }
}

Console.WriteLine("agent loop: ok");
