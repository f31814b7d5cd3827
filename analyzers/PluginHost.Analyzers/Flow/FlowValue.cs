namespace PluginHost.Analyzers.Flow;

/// <summary>What is known of a value.</summary>
/// <param name="IsTainted">It may come from where the rule watches.</param>
/// <param name="IsDemanded">On every way here, this very value was demanded.</param>
internal readonly record struct FlowValue(bool IsTainted, bool IsDemanded)
{
    public static FlowValue Clean => default;

    public static FlowValue Tainted => new(true, false);

    /// <summary>What is made of two values: demanding the parts does not demand the whole.</summary>
    public FlowValue With(FlowValue other) => new(IsTainted || other.IsTainted, false);
}
