using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Toml;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>toml</c> verb: runs the cases of toml-test. Under <c>valid</c> each file has the expected values beside it
/// as tagged JSON, and is written and read again; under <c>invalid</c> each must be refused.
/// </summary>
internal static class TomlCommand
{
    public static int Run(string folder, TextWriter output)
    {
        var (passed, failed) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(folder, "*.toml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var expected = Path.ChangeExtension(file, ".json");
            var problem = File.Exists(expected) ? Valid(file, expected) : Invalid(file);
            if (problem is null)
            {
                passed++;
            }
            else
            {
                failed++;
                output.WriteLine($"  {file}: {problem}");
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static string? Invalid(string file)
    {
        try
        {
            TomlReader.Read(File.ReadAllBytes(file));
            return "accepted";
        }
        catch (TomlException)
        {
            return null;
        }
    }

    private static string? Valid(string file, string expected)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(expected));
            var table = TomlReader.Read(File.ReadAllBytes(file));
            return Difference(table, document.RootElement, "")
                ?? (Difference(TomlReader.Read(TomlWriter.Write(table)), document.RootElement, "") is { } lost ? $"written and read again: {lost}" : null);
        }
        catch (TomlException e)
        {
            return e.Message;
        }
    }

    private static string? Difference(object value, JsonElement expected, string path) => (value, expected.ValueKind) switch
    {
        (TomlTable table, JsonValueKind.Object) when !IsTagged(expected) || table.Keys.Count != 2 => Table(table, expected, path),
        (TomlArray array, JsonValueKind.Array) => array.Items.Count != expected.GetArrayLength()
            ? $"{path}: {array.Items.Count} items"
            : array.Items.Select((item, i) => Difference(item, expected[i], $"{path}[{i}]")).FirstOrDefault(difference => difference is not null),
        (not (TomlTable or TomlArray), JsonValueKind.Object) when IsTagged(expected) => Scalar(value, expected, path),
        (TomlTable table, _) => Table(table, expected, path),
        _ => $"{path}: another kind",
    };

    private static bool IsTagged(JsonElement element) =>
        element.EnumerateObject().Count() == 2
        && element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && element.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String;

    private static string? Table(TomlTable table, JsonElement expected, string path)
    {
        if (expected.ValueKind != JsonValueKind.Object || table.Keys.Count != expected.EnumerateObject().Count())
        {
            return $"{path}: {table.Keys.Count} keys";
        }

        foreach (var property in expected.EnumerateObject())
        {
            if (!table.TryGet(property.Name, out var value))
            {
                return $"{path}.{property.Name}: missing";
            }

            if (Difference(value, property.Value, $"{path}.{property.Name}") is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Scalar(object value, JsonElement tagged, string path)
    {
        var type = tagged.GetProperty("type").GetString();
        var text = tagged.GetProperty("value").GetString()!;
        var same = (value, type) switch
        {
            (string actual, "string") => actual == text,
            (long actual, "integer") => actual.ToString(CultureInfo.InvariantCulture) == text,
            (bool actual, "bool") => (actual ? "true" : "false") == text,
            (double actual, "float") => SameFloat(actual, text),
            (TomlTime { Kind: TomlTimeKind.Instant } actual, "datetime") => DateTimeOffset.Parse(actual.Text, CultureInfo.InvariantCulture) == DateTimeOffset.Parse(text, CultureInfo.InvariantCulture),
            (TomlTime { Kind: TomlTimeKind.LocalDateTime } actual, "datetime-local") => SameTime(actual.Text, text),
            (TomlTime { Kind: TomlTimeKind.LocalDate } actual, "date-local") => actual.Text == text,
            (TomlTime { Kind: TomlTimeKind.LocalTime } actual, "time-local") => SameTime(actual.Text, text),
            _ => false,
        };
        return same ? null : $"{path}: {value} instead of {type} {text}";
    }

    private static bool SameTime(string actual, string expected) =>
        actual.Contains('.', StringComparison.Ordinal) ? actual.TrimEnd('0').TrimEnd('.') == expected.TrimEnd('0').TrimEnd('.') || actual == expected : actual == expected;

    private static bool SameFloat(double actual, string text) => text switch
    {
        "nan" or "+nan" or "-nan" => double.IsNaN(actual),
        "inf" or "+inf" => double.IsPositiveInfinity(actual),
        "-inf" => double.IsNegativeInfinity(actual),
        _ => actual.Equals(double.Parse(text, CultureInfo.InvariantCulture)),
    };
}
