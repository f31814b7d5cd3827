namespace PluginHost.Conformance.Crashes;

/// <summary>Does one thing to a place, in a process that may not live to its end.</summary>
internal static class CrashChild
{
    public static int Run(string step, string[] place)
    {
        CrashScenario.Do(step, Place.Of(place));
        return 0;
    }
}
