using PluginHost.Conformance.Children;
using PluginHost.Conformance.Wast;

return args switch
{
    ["wast", .. var rest] => WastCommand.Run(rest, Console.Out),
    ["child-stack"] => StackChild.Run(Console.Out),
    ["child-audit", var path] => AuditChild.Run(path),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: wast PATH… [--json] [--unmetered] [--fallback]");
    return 1;
}
