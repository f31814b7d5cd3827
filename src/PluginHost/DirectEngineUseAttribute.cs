namespace PluginHost;

/// <summary>Says that an assembly means to use the engine beside the gate, for instance to measure it. For the analyzers (PHG009, PHG017).</summary>
/// <param name="reason">Why nothing untrusted runs there.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class DirectEngineUseAttribute(string reason) : Attribute
{
    /// <summary>Why nothing untrusted runs there.</summary>
    public string Reason { get; } = reason;
}
