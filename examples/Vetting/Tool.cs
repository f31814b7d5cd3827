using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Vetting;

/// <summary>The command line, as a person runs it.</summary>
internal static class Tool
{
    private static readonly string Path = typeof(Tool).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Tool").Value!;

    /// <summary>Runs a verb that has to succeed.</summary>
    public static JsonElement Run(params string[] arguments)
    {
        var (exitCode, answer) = Try(arguments);
        return exitCode == 0 ? answer : throw new InvalidOperationException($"pluginhost {string.Join(' ', arguments)}: {answer}");
    }

    /// <summary>Runs a verb that may be refused.</summary>
    public static (int ExitCode, JsonElement Answer) Try(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path, .. arguments, "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var text = output.Length > 0 ? output : error.Result;
        return (process.ExitCode, JsonDocument.Parse(text).RootElement.Clone());
    }

    /// <summary>Why a verb was refused.</summary>
    public static string Refusal(params string[] arguments) => Try(arguments) switch
    {
        (0, _) => throw new InvalidOperationException($"pluginhost {string.Join(' ', arguments)}: was not refused"),
        (_, var answer) => $"{answer.GetProperty("error").GetProperty("code").GetString()}: {answer.GetProperty("error").GetProperty("message").GetString()}",
    };
}
