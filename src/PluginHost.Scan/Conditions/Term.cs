namespace PluginHost.Scan.Conditions;

/// <summary>A part of a condition, ready to be evaluated.</summary>
/// <param name="frame">What it is evaluated on.</param>
internal delegate Value Term(Frame frame);
