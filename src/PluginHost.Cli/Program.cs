using System.CommandLine;
using System.Runtime.CompilerServices;
using PluginHost.Cli;

// Whoever asks for the version alone waits for nothing else to be loaded.
return args is ["--version"] ? ProductVersion.Write(Console.Out) : Run(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Run(string[] args) => CommandLine.RunAsync(args, new InvocationConfiguration()).GetAwaiter().GetResult();
