using PluginHost;

namespace CustomFunction;

/// <summary>The application's own data, and the two functions of it that skills may ask for.</summary>
internal sealed class OrderBook
{
    private readonly Dictionary<string, string> _statuses = new(StringComparer.Ordinal) { ["A-17"] = "on its way", ["B-3"] = "waiting for payment" };

    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal) { ["A-17"] = "amina", ["B-3"] = "boris" };

    /// <summary>The skill was granted the function; whose order it is, is for the application to check, by whom the call is for.</summary>
    [HostFunction("orders.status")]
    [NoCapability("looks at what this application holds in memory, for the person that the call is for")]
    public string Status(string number, HostFunctionCall call) =>
        _owners.GetValueOrDefault(number) == call.Context.Principal ? _statuses[number] : "there is no such order";

    [HostFunction("orders.cancel")]
    [NoCapability("changes what this application holds in memory")]
    public string Cancel(string number)
    {
        _statuses[number] = "cancelled";
        return "cancelled";
    }
}
