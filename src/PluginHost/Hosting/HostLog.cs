using Microsoft.Extensions.Logging;

namespace PluginHost.Hosting;

/// <summary>
/// What a host tells the embedder's log, beside the audit log and never instead of it: codes, ids from verified manifests, names of tools. Event ids are
/// stable: 10xx loads, 11xx calls, 12xx lifecycle, 13xx re-audits, 14xx limits, 15xx the host.
/// </summary>
internal static partial class HostLog
{
    [LoggerMessage(EventId = 1001, EventName = "SkillLoaded", Level = LogLevel.Information, Message = "Loaded {SkillId} {Version} by {Publisher} ({Payload})")]
    public static partial void Loaded(ILogger logger, string skillId, string version, string publisher, string payload);

    [LoggerMessage(EventId = 1002, EventName = "SkillRefused", Level = LogLevel.Warning, Message = "Refused a package of {SkillId} {Version} ({Payload}): {Code}")]
    public static partial void Refused(ILogger logger, string skillId, string version, string payload, string code);

    [LoggerMessage(EventId = 1101, EventName = "CapabilityDenied", Level = LogLevel.Warning, Message = "{Tool} of {SkillId} was denied {Capability} ({Code})")]
    public static partial void Denied(ILogger logger, string skillId, string tool, string capability, string code);

    [LoggerMessage(EventId = 1102, EventName = "CallFailed", Level = LogLevel.Information, Message = "A call of {Tool} of {SkillId} ended with {Code}")]
    public static partial void CallFailed(ILogger logger, string skillId, string tool, string code);

    [LoggerMessage(EventId = 1103, EventName = "GuestMessage", Message = "{Tool} of {SkillId} says: {Text}")]
    public static partial void Guest(ILogger logger, LogLevel level, string skillId, string tool, string text);

    [LoggerMessage(EventId = 1201, EventName = "StatusChanged", Level = LogLevel.Information, Message = "{SkillId} {Version} is {Status} ({Event} by {Actor}: {Reason})")]
    public static partial void StatusChanged(ILogger logger, string skillId, string version, string status, string @event, string actor, string reason);

    [LoggerMessage(EventId = 1202, EventName = "SkillQuarantined", Level = LogLevel.Error, Message = "{SkillId} {Version} is quarantined (by {Actor}: {Reason})")]
    public static partial void Quarantined(ILogger logger, string skillId, string version, string actor, string reason);

    [LoggerMessage(EventId = 1203, EventName = "SkillExchanged", Level = LogLevel.Information, Message = "{SkillId} {Version} takes the calls of {Before}")]
    public static partial void Exchanged(ILogger logger, string skillId, string version, string before);

    [LoggerMessage(EventId = 1204, EventName = "ExchangeFailed", Level = LogLevel.Warning, Message = "{SkillId} {Version} goes on: {Event} ({Code})")]
    public static partial void ExchangeFailed(ILogger logger, string skillId, string version, string @event, string code);

    [LoggerMessage(EventId = 1301, EventName = "ReAuditDone", Level = LogLevel.Information, Message = "Audited {Count} installed versions again: {Failed} failed, {Quarantined} quarantined")]
    public static partial void ReAudited(ILogger logger, int count, int failed, int quarantined);

    [LoggerMessage(EventId = 1302, EventName = "ReAuditFailed", Level = LogLevel.Error, Message = "Installed versions could not be audited again: {Code}")]
    public static partial void ReAuditFailed(ILogger logger, string code);

    [LoggerMessage(EventId = 1401, EventName = "LimitsChanged", Level = LogLevel.Information, Message = "The limits changed")]
    public static partial void LimitsChanged(ILogger logger);

    [LoggerMessage(EventId = 1402, EventName = "LimitsRefused", Level = LogLevel.Error, Message = "A change of the limits was refused: {Problems}")]
    public static partial void LimitsRefused(ILogger logger, string problems);

    [LoggerMessage(EventId = 1501, EventName = "HostStopping", Level = LogLevel.Information, Message = "The host takes no more calls; {Count} skills are loaded")]
    public static partial void Stopping(ILogger logger, int count);

    [LoggerMessage(EventId = 1502, EventName = "HostStopped", Level = LogLevel.Information, Message = "The host has stopped; its audit log ends with {Head}")]
    public static partial void Stopped(ILogger logger, string head);
}
