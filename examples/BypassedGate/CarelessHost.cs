using System.Reflection;
using System.Text.Json;
using PluginHost;
using PluginHost.Wasm;

namespace BypassedGate;

/// <summary>An application that goes past the gate, in one way after the other.</summary>
internal static class CarelessHost
{
    public static SkillHostOptions Options() => new()
    {
        Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept), // PHG011
        Limits = { CallFuel = long.MaxValue }, // PHG012
    };

    public static async Task<string> SwallowsDenials(Skill skill)
    {
        try
        {
            return (await skill.CallAsync("acme.orders.status", "A-17")).Text;
        }
        catch (Exception) // PHG006
        {
            return "";
        }
    }

    public static Assembly LoadsCode(Skill skill) => Assembly.LoadFrom(Path.Combine("skills", skill.Id, "native.dll")); // PHG008

    public static WasmModule RunsBesideTheGate() => WasmModule.Decode(File.ReadAllBytes("skill.wasm")); // PHG009

    public static SkillGrant? ForgesAGrant() => JsonSerializer.Deserialize<SkillGrant>("{}"); // PHG010

    public static void ShowsASecret(SecretValue token) => Console.WriteLine("with " + token.Reveal()); // PHG014
}
