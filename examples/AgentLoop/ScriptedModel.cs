using Microsoft.Extensions.AI;

namespace AgentLoop;

/// <summary>Stands for a model: calls two tools, one of which has no right to do what it asks, and then reports.</summary>
internal sealed class ScriptedModel : IChatClient
{
    private int _turn;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var last = messages.Last().Contents.OfType<FunctionResultContent>().LastOrDefault()?.Result?.ToString();
        AIContent content = ++_turn switch
        {
            1 => new FunctionCallContent("1", "acme_text_shout", new Dictionary<string, object?> { ["input"] = "hello" }),
            2 => new FunctionCallContent("2", "acme_weather_anywhere", new Dictionary<string, object?> { ["input"] = "https://evil.test/steal" }),
            _ => new TextContent($"I was not allowed to: {last}"),
        };
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content])));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("this model does not stream");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
