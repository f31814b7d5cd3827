using System.Globalization;
using PluginHost.Conformance.Bombs;
using PluginHost.Conformance.Children;
using PluginHost.Conformance.Crashes;
using PluginHost.Conformance.Fuzz;
using PluginHost.Conformance.Programs;
using PluginHost.Conformance.Races;
using PluginHost.Conformance.Scan;
using PluginHost.Conformance.Vectors;
using PluginHost.Conformance.Wasi;
using PluginHost.Conformance.Wast;

return args switch
{
    ["wast", .. var rest] => WastCommand.Run(rest, Console.Out),
    ["ed25519", .. var rest] => Ed25519Command.Run(rest, Console.Out),
    ["libcrypto", var cases] when int.TryParse(cases, out var count) && count > 0 => LibcryptoCommand.Run(count, Console.Out),
    ["toml", var folder] => TomlCommand.Run(folder, Console.Out),
    ["json-schema", var folder] => JsonSchemaCommand.Run(folder, Console.Out),
    ["palyra", var folder] => PackagesCommand.Run(folder, Console.Out),
    ["purl", var path] => PackageUrlCommand.Run(path, Console.Out),
    ["versions", var path] => VersionsCommand.Run(path, Console.Out),
    ["cyclonedx", var path] => CycloneDxCommand.Run(path, Console.Out),
    ["yara", var rounds] when int.TryParse(rounds, out var count) && count > 0 => YaraCommand.Run(count, Console.Out),
    ["tlog", var path] => TlogCommand.Run(path, Console.Out),
    ["wasi", .. var rest] => WasiCommand.Run(rest, Console.Out),
    ["mutants", .. var rest] => MutantsCommand.Run(rest, Console.Out),
    ["fuzz", .. var rest] => FuzzCommand.Run(rest, Console.Out),
    ["programs", .. var rest] => ProgramsCommand.Run(rest),
    ["bombs", .. var names] => BombsCommand.Run(names, Console.Out),
    ["child-bomb", var name] => BombsCommand.RunOne(name, Console.Out),
    ["child-stack"] => StackChild.Run(Console.Out),
    ["child-leak"] => LeakChild.Run(Console.Out),
    ["child-audit", var path] => AuditChild.Run(path),
    ["child-effects", var log, var effects] => EffectsChild.Run(log, effects),
    ["kill", var rounds] when int.TryParse(rounds, out var count) && count > 0 => KillCommand.Run(count, Console.Out),
    ["crash", .. var names] => CrashCommand.Run(names, Console.Out),
    ["child-crash", var step, .. var place] when place.Length is 1 or 2 => CrashChild.Run(step, place),
    ["races", var rounds] when int.TryParse(rounds, out var count) && count > 0 => RaceCommand.Run(count, Console.Out),
    ["child-race", var seed, var rounds, var alone, .. var place] when place.Length is 1 or 2 =>
        RaceChild.Run(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture), alone == "alone", place, Console.Out),
    ["child-audit-limit", var path] => AuditLimitChild.Run(path, Console.Out),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: wast PATH… [--features 2.0|all] [--json] [--unmetered] [--fallback] | ed25519 FILE… | libcrypto CASES | toml FOLDER | json-schema FOLDER | palyra FOLDER | purl PATH | versions PATH | cyclonedx PATH | tlog PATH | yara ROUNDS | fuzz FOLDER [--unmetered] [--fallback] | mutants FOLDER | bombs [NAME…] | kill ROUNDS | crash [NAME…] | races ROUNDS | wasi PATH… [--backend memory|directory] | programs python MODULE ROOT SCRIPT | programs ruby MODULE SCRIPT");
    return 1;
}
