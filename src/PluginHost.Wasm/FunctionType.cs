using System.Collections.Immutable;

namespace PluginHost.Wasm;

/// <summary>The parameters and results of a function (spec 2.3.6). Equal types are equal values.</summary>
public sealed class FunctionType : IEquatable<FunctionType>
{
    private readonly int _hash;
    private int _id;

    /// <summary>Creates a function type.</summary>
    /// <param name="parameters">Types of the parameters.</param>
    /// <param name="results">Types of the results.</param>
    public FunctionType(ImmutableArray<ValType> parameters, ImmutableArray<ValType> results)
    {
        Parameters = parameters;
        Results = results;
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(parameters.AsSpan()));
        hash.Add(parameters.Length);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(results.AsSpan()));
        _hash = hash.ToHashCode();
    }

    /// <summary>Types of the parameters.</summary>
    public ImmutableArray<ValType> Parameters { get; }

    /// <summary>Types of the results.</summary>
    public ImmutableArray<ValType> Results { get; }

    /// <summary>
    /// A number that only types equal to this one ever carried in this process: the whole check of <c>call_indirect</c>,
    /// across modules and engines.
    /// </summary>
    internal int Id => _id != 0 ? _id : _id = Runtime.FunctionTypeIds.Of(this);

    /// <inheritdoc/>
    public bool Equals(FunctionType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
            && Results.AsSpan().SequenceEqual(other.Results.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FunctionType);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The type in the notation of the text format, for instance <c>(i32 i64) -> (f32)</c>.</summary>
    public override string ToString() =>
        $"({string.Join(' ', Parameters.Select(ValTypes.Name))}) -> ({string.Join(' ', Results.Select(ValTypes.Name))})";
}
