using BenchmarkDotNet.Running;
using PluginHost.Benchmarks;

return args switch
{
    ["stopping", .. var rest] => StoppingCommand.Run(rest, Console.Out),
    _ => Run(args),
};

static int Run(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(EngineBenchmarks).Assembly).Run(args);
    return 0;
}
