using System.Text;
using System.Text.Json;

namespace PluginHost.Conformance.Wasi;

/// <summary>What a program is run with and has to do, as the JSON file beside it says.</summary>
internal sealed class WasiCase
{
    private static readonly string[] OutputStreams = ["stdout", "stderr"];
    private readonly List<string> _arguments = [];
    private readonly List<(string Host, string Guest)> _directories = [];
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _expected = new(StringComparer.Ordinal);
    private readonly StringBuilder _input = new();

    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>Directories beside the program, and where it sees them.</summary>
    public IReadOnlyList<(string Host, string Guest)> Directories => _directories;

    public IReadOnlyDictionary<string, string> Environment => _environment;

    public byte[] Input => Encoding.UTF8.GetBytes(_input.ToString());

    public int ExitCode { get; private set; }

    /// <summary>What the program has to write, by stream.</summary>
    public IReadOnlyDictionary<string, string> Expected => _expected;

    /// <summary>Whether <see cref="Expected"/> is only how the output begins.</summary>
    public bool ExpectsBeginnings { get; private set; }

    /// <exception cref="FormatException">The file says something that is not known here.</exception>
    public static WasiCase Read(string program)
    {
        var result = new WasiCase();
        var file = Path.ChangeExtension(program, ".json");
        if (!File.Exists(file))
        {
            return result;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            result.ReadKeys(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }

        return result;
    }

    private void ReadKeys(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "exit_code":
                    ExitCode = property.Value.GetInt32();
                    break;
                case "stdout" or "stderr":
                    _expected[property.Name] = property.Value.GetString()!;
                    break;
                case "operations":
                    ExpectsBeginnings = true;
                    foreach (var operation in property.Value.EnumerateArray())
                    {
                        ReadOperation(operation);
                    }

                    break;
                default:
                    ReadStart(property);
                    break;
            }
        }
    }

    private void ReadStart(JsonProperty property)
    {
        switch (property.Name)
        {
            case "args":
                _arguments.AddRange(property.Value.EnumerateArray().Select(value => value.GetString()!));
                break;
            case "dirs":
                _directories.AddRange(property.Value.EnumerateArray().Select(value => (value.GetString()!, value.GetString()!)));
                break;
            case "root":
                _directories.Add((property.Value.GetString()!, "/"));
                break;
            case "env":
                foreach (var variable in property.Value.EnumerateObject())
                {
                    _environment[variable.Name] = variable.Value.GetString()!;
                }

                break;
            default:
                throw new FormatException($"unknown key '{property.Name}'");
        }
    }

    private void ReadOperation(JsonElement operation)
    {
        var type = operation.GetProperty("type").GetString();
        var rest = operation.EnumerateObject().Where(property => property.Name != "type");
        switch (type)
        {
            case "run":
                rest.ToList().ForEach(ReadStart);
                break;
            case "wait":
                ExitCode = operation.TryGetProperty("exit_code", out var code) ? code.GetInt32() : 0;
                Only(rest, "exit_code");
                break;
            case "read":
                var stream = operation.TryGetProperty("id", out var id) ? id.GetString()! : "stdout";
                if (!OutputStreams.Contains(stream, StringComparer.Ordinal))
                {
                    throw new FormatException($"cannot read from '{stream}'");
                }

                _expected[stream] = _expected.GetValueOrDefault(stream, "") + operation.GetProperty("payload").GetString();
                Only(rest, "id", "payload");
                break;
            case "write":
                if (operation.TryGetProperty("id", out var target) && target.GetString() != "stdin")
                {
                    throw new FormatException($"cannot write to '{target.GetString()}'");
                }

                _input.Append(operation.GetProperty("payload").GetString());
                Only(rest, "id", "payload");
                break;
            default:
                throw new FormatException($"unknown operation '{type}'");
        }
    }

    private static void Only(IEnumerable<JsonProperty> properties, params string[] known)
    {
        foreach (var property in properties.Where(property => !known.Contains(property.Name, StringComparer.Ordinal)))
        {
            throw new FormatException($"unknown key '{property.Name}'");
        }
    }
}
