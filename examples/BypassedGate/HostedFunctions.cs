using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using PluginHost;
using PluginHost.Capabilities;

namespace BypassedGate;

/// <summary>Host functions, each of which breaks one rule.</summary>
internal sealed class HostedFunctions
{
    private static readonly HttpClient Http = new();

    [HostFunction("acme.undeclared")]
    public string Undeclared(string text) => text; // PHG001

    [HostFunction("acme.read")]
    [RequiresCapability("filesystem.read")]
    public string ReadsByItself(string path) => File.ReadAllText(path); // PHG002

    [HostFunction("acme.prices")]
    [NoCapability("prices are public")]
    public string ReadsThroughAHelper() => Prices(); // PHG003

    [HostFunction("acme.fetch")]
    [RequiresCapability("http.egress")]
    public async Task<string> SkipsTheDemand(string url, bool quick, HostFunctionCall call)
    {
        if (!quick)
        {
            call.Demand(Capability.HttpEgress, url);
        }

        return await Http.GetStringAsync(url, call.Cancellation); // PHG004
    }

    [HostFunction("acme.fetch-other")]
    [RequiresCapability("http.egress")]
    public async Task<string> UsesAnother(string url, HostFunctionCall call)
    {
        call.Demand(Capability.HttpEgress, url);
        url += "/admin";
        return await Http.GetStringAsync(url, call.Cancellation); // PHG005
    }

    [HostFunction("acme.later")]
    [NoCapability("to the application's own console")]
    public void GoesOn(string text)
    {
        _ = Task.Run(() => Console.WriteLine(text)); // PHG013
    }

    [HostFunction("acme.wait")]
    [NoCapability("waits")]
    public async Task CannotBeStopped() // PHG015
    {
        await Task.Yield();
    }

    [HostFunction("acme.block")]
    [NoCapability("waits")]
    public string Blocks(string text) => Task.FromResult(text).Result; // PHG016

    [HostFunction("acme.raw")]
    [NoCapability("pure")]
    public int ReadsRawMemory(byte[] bytes) => MemoryMarshal.GetArrayDataReference(bytes); // PHG017

    [HostFunction("acme.fill")]
    [NoCapability("pure")]
    public byte[] FillsWithoutBound(int count) => new byte[count]; // PHG019

    [SuppressMessage("PluginHost.Limits", "PHG016")] // PHG020
    private static string Prices() => File.ReadAllText("/etc/prices.json");
}
