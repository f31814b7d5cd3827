namespace PluginHost.Conformance.Crashes;

/// <summary>Does one thing to a state directory, in a process that may not live to its end.</summary>
internal static class CrashChild
{
    public static int Run(string step, string state)
    {
        CrashScenario.Do(step, state);
        return 0;
    }
}
