namespace PluginHost.Conformance.Crashes;

/// <summary>Counts trials: whatever is found is as it was before, or as it is afterwards, and what was begun can be done again.</summary>
internal sealed class TrialCount(TextWriter output)
{
    private int _passed;
    private int _failed;

    /// <summary>Tells of a scenario. One that changes nothing proves nothing.</summary>
    public void Begin(CrashScenario scenario, string where, string old, string now, int calls)
    {
        output.WriteLine($"{scenario.Name} after [{string.Join(", ", scenario.Before)}] {where}: '{old}' becomes '{now}', {calls} system calls");
        _failed += old == now ? 1 : 0;
    }

    /// <summary>Makes what each trial leaves, and looks at it.</summary>
    public void Judge(CrashScenario scenario, string how, string old, string now, IEnumerable<(string Where, Func<(Place Place, bool Happened, IDisposable End)> Make)> trials)
    {
        var (count, missed) = (0, 0);
        Parallel.ForEach(trials, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, trial =>
        {
            Interlocked.Increment(ref count);
            var (place, happened, end) = trial.Make();
            using (end)
            {
                if (!happened)
                {
                    Interlocked.Increment(ref missed);
                    return;
                }

                var found = CrashScenario.Describe(place);
                var again = found == old ? Again(scenario, place) : found;
                if ((found == old || found == now) && again == now)
                {
                    Interlocked.Increment(ref _passed);
                }
                else
                {
                    Interlocked.Increment(ref _failed);
                    output.WriteLine($"{scenario.Name}, {how} at {trial.Where}: '{found}', then '{again}'");
                }
            }
        });
        output.WriteLine($"  {how} at {count - missed} of {count} steps");
        if (missed * 10 > count)
        {
            // A trial that does not happen proves nothing.
            _failed++;
            output.WriteLine($"{scenario.Name}, {how} at too few steps");
        }
    }

    /// <summary>Tells the sums.</summary>
    /// <returns>The exit code.</returns>
    public int Report()
    {
        output.WriteLine($"{_passed} passed, {_failed} failed");
        return _failed == 0 && _passed > 0 ? 0 : 1;
    }

    private static string Again(CrashScenario scenario, Place place)
    {
        try
        {
            CrashScenario.Do(scenario.Name, place);
            return CrashScenario.Describe(place);
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}
