namespace PluginHost.Skills.Inspection;

/// <summary>A rule of the static audit.</summary>
/// <param name="Id">Its id, stable.</param>
/// <param name="Severity">How much what it finds weighs.</param>
/// <param name="Advice">What a publisher can do about it.</param>
internal sealed record FindingRule(string Id, FindingSeverity Severity, string Advice)
{
    public Finding At(string location, string message) => new(Id, Severity, message, location, Advice);
}
