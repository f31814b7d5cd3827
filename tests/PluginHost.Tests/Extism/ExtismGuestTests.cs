using System.Collections.Immutable;
using PluginHost.Abi.Extism;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Variables;
using PluginHost.Sandbox;
using static PluginHost.Tests.Extism.ExtismGuests;

namespace PluginHost.Tests.Extism;

/// <summary>Guests of three languages through Extism's interface.</summary>
[TestClass]
public sealed class ExtismGuestTests
{
    [TestMethod]
    public void C_ReadsInputConfigAndVariables_AndLogs()
    {
        var messages = new List<string>();
        var settings = new ExtismSettings
        {
            Variables = new VariableStore(),
            Log = (level, message) => messages.Add($"{level} {message}"),
        };
        var greeting = settings with { Config = ImmutableDictionary<string, string>.Empty.Add("greeting", "Salām") };

        Assert.AreEqual("Hello, World!", Call(Greeter, "greet", "World", settings).Output());
        Assert.AreEqual("Hello, World!!", Call(Greeter, "greet", "World", settings).Output());
        Assert.AreEqual("Salām, دنيا!!!", Call(Greeter, "greet", "دنيا", greeting).Output());
        CollectionAssert.AreEqual(Enumerable.Repeat("info greeted somebody", 3).ToArray(), messages);
    }

    [TestMethod]
    public void AssemblyScript_ThroughThePublishedKit()
    {
        var settings = new ExtismSettings();
        var lower = settings with { Config = ImmutableDictionary<string, string>.Empty.Add("case", "lower") };

        Assert.AreEqual("HÉLLO WÖRLD", Call(Text, "shout", "héllo wörld").Output());
        Assert.AreEqual("abc", Call(Text, "shout", "ABC", lower).Output());
        Assert.AreEqual("(nothing)", Call(Text, "remember", "one", settings).Output());
        Assert.AreEqual("one", Call(Text, "remember", "two", settings).Output());
        Assert.AreEqual("fair", Call(Text, "dice", "").Output());
    }

    [TestMethod]
    public void AssemblyScript_Abort_TrapsWithItsMessage()
    {
        var stop = Call(Text, "crash", "").Stop!;

        Assert.AreEqual("trap.abort", stop.Code);
        StringAssert.StartsWith(stop.Message, "crashed on purpose (text.ts:");
    }

    [TestMethod]
    public void ErrorText_IsTheGuestsOwnFailure()
    {
        var stop = Call(Greeter, "fail", "").Stop!;

        Assert.AreEqual("guest.error", stop.Code);
        Assert.AreEqual("this tool always fails", stop.Message);
    }

    [TestMethod]
    [DataRow("loop_forever", "limit.fuel")]
    [DataRow("recurse_forever", "trap.memory-out-of-bounds")]
    [DataRow("eat_memory", "trap.unreachable")]
    [DataRow("flood_log", "capability.denied")]
    [Timeout(60_000)]
    public void Misbehaving_IsStopped(string export, string code)
    {
        var result = Call(Greeter, export, "", limits: new GuestLimits { Fuel = 10_000_000, MemoryBytes = 8 << 20 });

        Assert.AreEqual(code, result.Stop?.Code);
        Assert.IsTrue(result.PeakMemoryBytes <= 8 << 20);
    }

    [TestMethod]
    public void Variables_BeyondTheirQuota_AreRefused()
    {
        var settings = new ExtismSettings();
        var grant = new EffectiveGrant { VariableBytes = 12 };

        Assert.AreEqual("(nothing)", Call(Text, "remember", "1234", settings, grant).Output());
        Assert.AreEqual("guest.error", Call(Text, "remember", "12345", settings, grant).Stop?.Code);
        Assert.AreEqual("1234", Call(Text, "remember", "x", settings, grant).Output());
    }

    [TestMethod]
    public void Variables_Withdrawn_AreDenied() =>
        Assert.AreEqual("capability.denied", Call(Text, "remember", "x", grant: new EffectiveGrant { VariableBytes = 0 }).Stop?.Code);
}
