using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;
using PluginHost.Abi.Embedder;
using PluginHost.Capabilities.Functions;

namespace PluginHost;

/// <summary>
/// Functions of the embedder that skills may be allowed to call. A skill asks for them by name under <c>[host]</c> in
/// <c>capabilities.toml</c>, and imports <c>NAME</c> from <c>extism:host/user</c>, or what is after the name's first dot from what is before it.
/// Each call is demanded and recorded.
/// </summary>
/// <remarks>
/// Parameters and results: <see cref="int"/>, <see cref="long"/>, <see cref="float"/> and <see cref="double"/> are the guest's own; a
/// <see cref="string"/>, an array of bytes, and everything else, as JSON, travels through Extism's memory. A function may also take
/// <see cref="HostFunctionCall"/> and <see cref="CancellationToken"/>, and return a task. What it throws reaches the caller of the
/// tool as the inner exception; the guest learns nothing of it.
/// </remarks>
public sealed partial class HostFunctions
{
    private readonly Dictionary<string, HostFunctionBinding> _functions = new(StringComparer.Ordinal);

    /// <summary>The names that were added.</summary>
    public IReadOnlyCollection<string> Names => _functions.Keys;

    /// <summary>Adds a function.</summary>
    /// <param name="name">Letters, digits, <c>_</c>, <c>-</c> and dots; at most 128 characters.</param>
    /// <param name="function">The function; attributes of its method count.</param>
    /// <exception cref="ArgumentException">The name is taken or malformed, or a type cannot be passed.</exception>
    [RequiresUnreferencedCode("Parameters and results are read as JSON.")]
    [RequiresDynamicCode("Parameters and results are read as JSON.")]
    public void Add(string name, Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Add(new MethodBinding(Checked(name), function.Method, function.Target));
    }

    /// <summary>Adds a function that takes and leaves bytes.</summary>
    /// <inheritdoc cref="Add(string, Delegate)"/>
    public void Add(string name, SpanHostFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Add(new SpanBinding(Checked(name), function));
    }

    /// <summary>Adds all methods of an object that have <see cref="HostFunctionAttribute"/>.</summary>
    /// <exception cref="ArgumentException">It has none, or one cannot be added; none is added then.</exception>
    [RequiresUnreferencedCode("Parameters and results are read as JSON.")]
    [RequiresDynamicCode("Parameters and results are read as JSON.")]
    public void AddFrom(object functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var bindings = functions.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(method => (Method: method, Attribute: method.GetCustomAttribute<HostFunctionAttribute>()))
            .Where(pair => pair.Attribute is not null)
            .Select(HostFunctionBinding (pair) => new MethodBinding(Checked(pair.Attribute!.Name), pair.Method, pair.Method.IsStatic ? null : functions))
            .ToList();
        if (bindings.Count == 0 || bindings.Select(binding => binding.Name).Distinct(StringComparer.Ordinal).Count() < bindings.Count)
        {
            throw new ArgumentException(bindings.Count == 0 ? "no method has the attribute HostFunction" : "two methods have the same name", nameof(functions));
        }

        bindings.ForEach(Add);
    }

    internal ImmutableDictionary<string, HostFunctionBinding> ToImmutable() => _functions.ToImmutableDictionary(StringComparer.Ordinal);

    private void Add(HostFunctionBinding binding) => _functions.Add(binding.Name, binding);

    private string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return !NameForm().IsMatch(name) ? throw new ArgumentException($"'{name}' is no name of a host function", nameof(name))
            : name is SkillCalls.Call or SkillCalls.Error ? throw new ArgumentException($"'{name}' is a function of the host itself", nameof(name))
            : _functions.ContainsKey(name) ? throw new ArgumentException($"there is a host function '{name}' already", nameof(name))
            : name;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,128}\z")]
    private static partial Regex NameForm();
}
