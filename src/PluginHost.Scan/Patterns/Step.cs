namespace PluginHost.Scan.Patterns;

/// <summary>A step of an automaton.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Set">The bytes that it takes.</param>
/// <param name="First">The next step, or the kind of place.</param>
/// <param name="Second">The other next step.</param>
internal readonly record struct Step(StepKind Kind, ByteSet Set, int First, int Second);
