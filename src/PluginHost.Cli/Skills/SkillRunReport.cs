using PluginHost.Cli.Presentation;
using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Hosting;

namespace PluginHost.Cli.Skills;

/// <summary>What came of <c>skills run</c>: a result, or the error that ended the call.</summary>
internal sealed record SkillRunReport(Skill Skill, string Tool, SkillCallResult? Result, SkillException? Error, string AuditHead)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static async Task<SkillRunReport> Of(SkillHost host, Skill skill, string tool, byte[] input, CancellationToken cancellation)
    {
        try
        {
            var result = await skill.CallAsync(tool, input, CallContext.None, cancellation).ConfigureAwait(false);
            return new SkillRunReport(skill, tool, result, null, host.AuditHead);
        }
        catch (SkillException e) when (e is not SkillStateException)
        {
            return new SkillRunReport(skill, tool, null, e, host.AuditHead);
        }
    }

    public int Report(bool json, InvocationConfiguration configuration)
    {
        if (json)
        {
            CommandOutput.Write(configuration.Output, Json());
        }
        else if (Result is { } result)
        {
            Print(result, configuration);
        }
        else
        {
            Explain(configuration.Error);
        }

        return Error switch
        {
            null => ExitCode.Done,
            SkillSchemaException { Receipt: null } => ExitCode.Usage,
            SkillGuestException or SkillSchemaException => ExitCode.GuestFailed,
            SkillConsentException => ExitCode.Refused,
            _ => ExitCode.Stopped,
        };
    }

    private SkillCallReceipt? Receipt => Result?.Receipt ?? Error switch
    {
        CapabilityDeniedException e => e.Receipt,
        SkillLimitException e => e.Receipt,
        SkillTrapException e => e.Receipt,
        SkillGuestException e => e.Receipt,
        _ => null,
    };

    private static void Print(SkillCallResult result, InvocationConfiguration configuration)
    {
        configuration.Error.Write(Lines(result.StandardError));
        foreach (var denial in result.Receipt.Denials)
        {
            configuration.Error.WriteLine(Line(denial));
        }

        // A terminal obeys what it is told; whoever reads a pipe gets the guest's bytes.
        if (configuration.Output != Console.Out || !Console.IsOutputRedirected)
        {
            configuration.Output.Write(Lines(result.Text));
        }
        else
        {
            using var stream = Console.OpenStandardOutput();
            stream.Write(result.Output.Span);
        }
    }

    private void Explain(TextWriter error)
    {
        if (Error is SkillGuestException guest)
        {
            error.Write(Lines(guest.StandardError));
        }

        // A denial that ended the call is told as its end.
        foreach (var denial in Error is CapabilityDeniedException ? Receipt!.Denials.SkipLast(1) : Receipt?.Denials ?? [])
        {
            error.WriteLine(Line(denial));
        }

        error.WriteLine($"{Error!.Code}: {Printable.Text(Error.Message)}");
        error.WriteLine($"next: {NextStep.Of(Error.Code)}");
    }

    private static string Line(CapabilityDenial denial) =>
        Printable.Text($"capability.denied: {denial.Capability} on {denial.Resource}: {denial.Rule}{(denial.Place is { } place ? $" [{place}]" : "")}. To allow it: {denial.SmallestGrant}");

    /// <summary>Lines of the guest's, each without what a terminal would obey.</summary>
    private static string Lines(string text) =>
        text.Length == 0 ? "" : string.Join(Environment.NewLine, text.TrimEnd('\n').Split('\n').Select(Printable.Text)) + Environment.NewLine;

    private JsonObject Json()
    {
        var json = new JsonObject
        {
            ["skill"] = Skill.Id,
            ["version"] = Skill.Version,
            ["payload"] = Skill.PayloadDigest,
            ["tool"] = Tool,
        };
        if (Result is { } result)
        {
            json["output"] = Text(result.Output.Span);
            if (json["output"] is null)
            {
                json["outputBase64"] = Convert.ToBase64String(result.Output.Span);
            }
        }
        else
        {
            json["error"] = new JsonObject { ["code"] = Error!.Code, ["message"] = Error.Message };
        }

        if (Receipt is { } receipt)
        {
            json["ms"] = receipt.Time.TotalMilliseconds;
            json["fuel"] = receipt.Fuel;
            json["peakMemoryBytes"] = receipt.PeakMemoryBytes;
            json["hostMs"] = receipt.HostTime.TotalMilliseconds;
            json["denials"] = new JsonArray([.. receipt.Denials.Select(denial => JsonNode.Parse(denial.ToJson()))]);
        }

        json["auditHead"] = AuditHead;
        return json;
    }

    private static string? Text(ReadOnlySpan<byte> output)
    {
        try
        {
            return StrictUtf8.GetString(output);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
