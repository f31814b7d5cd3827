using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PluginHost.Tests.Embedding;

/// <summary>What was logged: event id, name, level, text.</summary>
internal sealed class LogLines : ILogger, ILoggerProvider
{
    public ConcurrentQueue<(int Id, string? Name, LogLevel Level, string Text)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((eventId.Id, eventId.Name, logLevel, formatter(state, exception)));

    public ILogger CreateLogger(string categoryName) => categoryName == "PluginHost" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void Dispose()
    {
    }
}
