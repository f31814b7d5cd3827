using System.Text;
using System.Text.Json;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Http;
using PluginHost.Capabilities.Secrets;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Abi.Extism;

/// <summary>The functions of <c>extism:host/env</c> for one call of a guest.</summary>
internal sealed class ExtismHost : IDisposable
{
    public const string Module = "extism:host/env";

    private const int LogLevelInfo = 2;
    private const string Withheld = "(withheld: it holds a secret)";
    private static readonly string[] Levels = ["trace", "debug", "info", "warn", "error"];

    private readonly GuestCall _call;
    private readonly ExtismSettings _settings;
    private readonly ExtismMemory _memory;
    private readonly SecretBroker _secrets;
    private readonly HttpBroker _http;
    private long _input;
    private (long Offset, long Length) _output;
    private long _error;
    private int _status;
    private byte[] _headers = [];

    public ExtismHost(GuestCall call, ExtismSettings settings, long maxMemoryBytes)
    {
        _call = call;
        _settings = settings;
        _memory = new ExtismMemory(maxMemoryBytes);
        _secrets = new SecretBroker(call, settings.Secrets);
        _http = new HttpBroker(call, settings.Resolve, _secrets, settings.Retry, settings.Memory);
    }

    /// <summary>The memory through which the guest and functions of the host exchange bytes.</summary>
    public ExtismMemory Memory => _memory;

    /// <summary>What the guest left as its output.</summary>
    public byte[] Output => _output.Length == 0 ? [] : _memory.Read(_output.Offset, _output.Length);

    /// <summary>What the guest left as its error, or null.</summary>
    public string? Error => _memory.Read(_error) is { Length: > 0 } text ? _call.Watch.FindIn(text) is null ? Encoding.UTF8.GetString(text) : Withheld : null;

    public void Dispose() => _http.Dispose();

    /// <summary>Lays the input of the call out for the guest.</summary>
    /// <exception cref="GuestLimitException">There is no room for it.</exception>
    public void TakeInput()
    {
        _input = _memory.Allocate(_settings.Input);
        if (_input == 0 && _settings.Input.Length > 0)
        {
            throw new GuestLimitException("limit.memory", $"an input of {_settings.Input.Length} bytes does not fit into the guest's memory");
        }
    }

    public static void Define(Linker linker)
    {
        DefineMemory(linker);
        DefineInputAndOutput(linker);
        DefineServices(linker);
    }

    private static void DefineMemory(Linker linker)
    {
        linker.Define(Module, "alloc", (Func<Caller, long, long>)((caller, length) => Of(caller)._memory.Allocate(length)));
        linker.Define(Module, "free", (Action<Caller, long>)((caller, offset) => Of(caller).Free(offset)));
        linker.Define(Module, "length", (Func<Caller, long, long>)((caller, offset) => Of(caller)._memory.Length(offset)));
        linker.Define(Module, "length_unsafe", (Func<Caller, long, long>)((caller, offset) => Of(caller)._memory.Length(offset)));
        linker.Define(Module, "load_u8", (Func<Caller, long, int>)((caller, offset) => Of(caller)._memory.LoadByte(offset)));
        linker.Define(Module, "load_u64", (Func<Caller, long, long>)((caller, offset) => Of(caller)._memory.LoadLong(offset)));
        linker.Define(Module, "store_u8", (Action<Caller, long, int>)((caller, offset, value) => Of(caller)._memory.StoreByte(offset, (byte)value)));
        linker.Define(Module, "store_u64", (Action<Caller, long, long>)((caller, offset, value) => Of(caller)._memory.StoreLong(offset, value)));
        linker.Define(Module, "memory_bytes", (Func<Caller, long>)(caller => Of(caller)._memory.Size));
        linker.Define(Module, "reset", (Action<Caller>)(caller => Of(caller).Reset()));
    }

    private static void DefineInputAndOutput(Linker linker)
    {
        linker.Define(Module, "input_set", (Action<Caller, long, long>)((caller, offset, length) => Of(caller).SetInput(offset, length)));
        linker.Define(Module, "input_length", (Func<Caller, long>)(caller => Of(caller).InputLength));
        linker.Define(Module, "input_offset", (Func<Caller, long>)(caller => Of(caller)._input));
        linker.Define(Module, "input_load_u8", (Func<Caller, long, int>)((caller, index) => Of(caller).InputByte(index)));
        linker.Define(Module, "input_load_u64", (Func<Caller, long, long>)((caller, index) => Of(caller).InputLong(index)));
        linker.Define(Module, "output_set", (Action<Caller, long, long>)((caller, offset, length) => Of(caller).SetOutput(offset, length)));
        linker.Define(Module, "output_length", (Func<Caller, long>)(caller => Of(caller)._output.Length));
        linker.Define(Module, "output_offset", (Func<Caller, long>)(caller => Of(caller)._output.Offset));
        linker.Define(Module, "error_set", (Action<Caller, long>)((caller, offset) => Of(caller)._error = offset));
        linker.Define(Module, "error_get", (Func<Caller, long>)(caller => Of(caller)._error));
    }

    private static void DefineServices(Linker linker)
    {
        linker.Define(Module, "config_get", (Func<Caller, long, long>)((caller, key) => Of(caller).Setting(key)));
        linker.Define(Module, "var_get", (Func<Caller, long, long>)((caller, key) => Of(caller).GetVariable(key)));
        linker.Define(Module, "var_set", (Action<Caller, long, long>)((caller, key, value) => Of(caller).SetVariable(key, value)));
        linker.Define(Module, "http_request", (Func<Caller, long, long, long>)((caller, request, body) => Of(caller).Request(request, body)));
        linker.Define(Module, "http_status_code", (Func<Caller, int>)(caller => Of(caller)._status));
        linker.Define(Module, "http_headers", (Func<Caller, long>)(caller => Of(caller).Headers()));
        linker.Define(Module, "get_log_level", (Func<Caller, int>)(_ => LogLevelInfo));
        for (var i = 0; i < Levels.Length; i++)
        {
            var level = i;
            linker.Define(Module, "log_" + Levels[level], (Action<Caller, long>)((caller, message) => Of(caller).Log(level, message)));
        }
    }

    private static ExtismHost Of(Caller caller) => GuestInterfaces.Of(caller).Extism;

    private long InputLength => _memory.Length(_input);

    private bool InInput(long index, long bytes) => index >= 0 && index <= InputLength - bytes;

    private void SetInput(long offset, long length) => _input = _memory.Contains(offset, length) ? offset : _input;

    private int InputByte(long index) => InInput(index, 1) ? _memory.LoadByte(_input + index) : 0;

    private long InputLong(long index) => InInput(index, 8) ? _memory.LoadLong(_input + index) : 0;

    private void SetOutput(long offset, long length) => _output = _memory.Contains(offset, length) ? (offset, length) : _output;

    private long Headers() => _memory.Allocate(_headers);

    private long Setting(long key) => Setting(Take(key, "config key")) is { } value ? _memory.Allocate(Encoding.UTF8.GetBytes(value)) : 0;

    private void Free(long offset)
    {
        _memory.Free(offset);
        _input = offset == _input ? 0 : _input;
    }

    private void Reset()
    {
        _memory.Reset();
        _input = 0;
        _output = default;
        _error = 0;
    }

    /// <summary>Reads and frees a block whose ownership the guest hands over.</summary>
    private string Take(long offset, string what)
    {
        var bytes = _memory.Read(offset) ?? throw new ExtismErrorException($"invalid handle offset for {what}");
        Free(offset);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A setting; what is named as secrets are, and is no setting, is a secret that the guest wants to see.</summary>
    private string? Setting(string key)
    {
        if (_settings.Config.TryGetValue(key, out var value) || !SecretScope.IsName(key))
        {
            return value;
        }

        try
        {
            return _secrets.Read(key);
        }
        catch (HttpFailedException e)
        {
            throw new ExtismErrorException(e.Message);
        }
    }

    private long GetVariable(long handle)
    {
        var key = Take(handle, "var key");
        _call.DemandQuiet(Capability.Variables, "read", _call.Grant.VariableBytes > 0, 0, "variables are withdrawn");
        return _settings.Variables.Get(key) is { } value ? _memory.Allocate(value) : 0;
    }

    private void SetVariable(long handle, long offset)
    {
        var key = Take(handle, "var key");
        if (offset == 0)
        {
            _call.DemandQuiet(Capability.Variables, "write", _call.Grant.VariableBytes > 0, 0, "variables are withdrawn");
            _settings.Variables.Remove(key);
            return;
        }

        var value = _memory.Read(offset) ?? throw new ExtismErrorException("invalid handle offset for var value");
        Free(offset);
        _call.DemandQuiet(Capability.Variables, "write", _call.Grant.VariableBytes > 0, value.Length, "variables are withdrawn");
        if (!_settings.Variables.TrySet(key, value, _call.Grant.VariableBytes))
        {
            throw new ExtismErrorException("Variable store is full");
        }
    }

    private void Log(int level, long offset)
    {
        var bytes = _memory.Read(offset) ?? [];
        Free(offset);
        var allowed = _call.QuietBytes(Capability.Log) + bytes.Length <= _call.Grant.LogBytes;
        _call.DemandQuiet(Capability.Log, Levels[level], allowed, bytes.Length, allowed ? "" : $"more than {_call.Grant.LogBytes} bytes of log in one call");
        if (level < LogLevelInfo)
        {
            return;
        }

        try
        {
            _settings.Log(Levels[level], _call.Watch.FindIn(bytes) is null ? Encoding.UTF8.GetString(bytes) : Withheld);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What the embedder's log says of its failures is not for guests.
            throw new ExtismErrorException("the host's log failed");
        }
    }

    private long Request(long request, long body)
    {
        _status = 0;
        _headers = [];
        var json = Take(request, "http request");
        var content = body == 0 ? [] : _memory.Read(body) ?? throw new ExtismErrorException("invalid handle offset for http body");
        Free(body);
        var (method, url, headers) = Parse(json);
        if (HttpTarget.Parse(method, url) is not { } target)
        {
            throw _call.Refuse(Capability.HttpEgress, HttpTarget.Unreadable(method, url), "the URL is none that can be granted", "none: use http or https, a host and a plain path");
        }

        try
        {
            var response = _http.Send(new GuestHttpRequest(target, headers, content), _memory.Room);
            _status = response.Status;
            _headers = JsonSerializer.SerializeToUtf8Bytes(response.Headers);
            var answer = _memory.Allocate(response.Body);
            return answer != 0 || response.Body.Length == 0 ? answer : throw new ExtismErrorException("the answer does not fit into the guest's memory");
        }
        catch (HttpFailedException e)
        {
            throw new ExtismErrorException($"the request to {target.Host} failed: {e.Message}");
        }
    }

    private static string Shortened(string text) => text.Length <= 200 ? text : text[..200];

    /// <summary>The request as JSON: url, method (GET), headers. Anything else in it is an error.</summary>
    private static (string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers) Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            string? url = null;
            var method = "GET";
            var headers = new List<(string, string)>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "url":
                        url = property.Value.GetString();
                        break;
                    case "method":
                        method = property.Value.GetString() ?? "GET";
                        break;
                    case "headers" or "header":
                        headers.AddRange(property.Value.ValueKind == JsonValueKind.Null
                            ? []
                            : property.Value.EnumerateObject().Select(header => (header.Name, header.Value.GetString() ?? "")));
                        break;
                    default:
                        throw new ExtismErrorException($"unknown field in the http request: {Shortened(property.Name)}");
                }
            }

            return (method, url ?? throw new ExtismErrorException("the http request has no url"), headers);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ExtismErrorException("the http request is not well-formed");
        }
    }
}
