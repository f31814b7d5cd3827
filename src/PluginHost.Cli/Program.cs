using System.CommandLine;
using PluginHost.Cli;

return await CommandLine.RunAsync(args, new InvocationConfiguration()).ConfigureAwait(false);
