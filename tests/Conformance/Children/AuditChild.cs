using PluginHost.Audit;

namespace PluginHost.Conformance.Children;

/// <summary>Writes a log until it is killed.</summary>
internal static class AuditChild
{
    public static int Run(string path)
    {
        using var log = AuditLog.Open(path, TimeProvider.System);
        for (var i = 0; ; i++)
        {
            var number = i;
            var demand = log.Append("demand", writer =>
            {
                writer.WriteString("decision", "allow");
                writer.WriteString("resource", new string('x', number % 500));
            });
            log.Append("done", writer => writer.WriteNumber("of", demand));
        }
    }
}
