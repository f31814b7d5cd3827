using BenchmarkDotNet.Running;
using PluginHost.Benchmarks;

return args switch
{
    ["costs"] => CostsCommand.Run(Console.Out),
    ["cold", .. var rest] => ColdCommand.Run(rest, Console.Out),
    ["brokers"] => BrokersCommand.Run(Console.Error),
    ["ed25519"] => SignatureCommand.Run(Console.Out),
    ["audit", .. var rest] => AuditCommand.Run(rest, Console.Out),
    ["install", .. var rest] => InstallCommand.Run(rest, Console.Out),
    ["warm"] => await WarmCommand.Run(Console.Out).ConfigureAwait(false),
    ["scan", "--packs", var folder] => ScanCommand.WritePacks(folder),
    ["scan", "--once", var file, .. var rules] => ScanCommand.Run(file, rules, rounds: 1),
    ["scan", var file, .. var rules] => ScanCommand.Run(file, rules, rounds: 3),
    ["log", var entries] => LogCommand.Run(int.Parse(entries, System.Globalization.CultureInfo.InvariantCulture)),
    ["score"] => ScoreCommand.Run(),
    ["stopping", .. var rest] => StoppingCommand.Run(rest, Console.Out),
    _ => Run(args),
};

static int Run(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(EngineBenchmarks).Assembly).Run(args);
    return 0;
}
