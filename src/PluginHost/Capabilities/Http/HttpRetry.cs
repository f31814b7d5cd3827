using System.Globalization;
using Polly;
using Polly.Retry;
using Polly.Telemetry;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// Makes a request again that got no answer, or that the server could not answer just now. Only for requests that change nothing by being made twice; each
/// attempt is demanded and recorded by itself, and all of them together have the time of the call.
/// </summary>
internal sealed class HttpRetry
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>A server that wants more time than this is not waited for: the guest gets its answer.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline<HttpAttempt> _pipeline = ResiliencePipeline<HttpAttempt>.Empty;

    /// <param name="retries">How often at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="telemetry">Told what is made again; null for nobody.</param>
    public HttpRetry(int retries, TimeProvider time, TelemetryListener? telemetry = null)
    {
        if (retries > 0)
        {
            _pipeline = new ResiliencePipelineBuilder<HttpAttempt> { Name = "http", TimeProvider = time, TelemetryListener = telemetry }
                .AddRetry(new RetryStrategyOptions<HttpAttempt>
                {
                    Name = "http-retry",
                    MaxRetryAttempts = retries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = Pause,
                    MaxDelay = LongestPause,
                    ShouldHandle = static args => ValueTask.FromResult(IsTransient(args.Outcome)),
                    DelayGenerator = static args => ValueTask.FromResult(Wanted(args.Outcome.Result)),
                })
                .Build();
        }
    }

    /// <summary>Makes no request twice.</summary>
    public static HttpRetry None { get; } = new(0, TimeProvider.System);

    /// <summary>Makes a request, and makes it again.</summary>
    /// <param name="skill">Id of the skill, for telemetry.</param>
    /// <param name="attempt">Makes it once.</param>
    /// <param name="stop">Ends it.</param>
    public HttpAttempt Execute(string skill, Func<CancellationToken, HttpAttempt> attempt, CancellationToken stop)
    {
        var context = ResilienceContextPool.Shared.Get(skill, stop);
        try
        {
            return _pipeline.Execute(static (context, attempt) => attempt(context.CancellationToken), context, attempt);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool IsTransient(Outcome<HttpAttempt> outcome) =>
        outcome.Exception is HttpFailedException { IsTransient: true } || (outcome.Result is { Response.Status: 502 or 503 or 504 } result && !(Wanted(result) > LongestPause));

    /// <summary>How long the server wants to be left alone (RFC 9110 10.2.3); null where it does not say in seconds.</summary>
    private static TimeSpan? Wanted(HttpAttempt? attempt) =>
        attempt?.Response.Headers.GetValueOrDefault("retry-after") is { } text && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
