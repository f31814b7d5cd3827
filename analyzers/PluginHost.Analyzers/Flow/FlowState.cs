using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Flow;

/// <summary>What is known at one place: which variables may be tainted, and which hold what was demanded on every way there.</summary>
internal sealed class FlowState : IEquatable<FlowState>
{
    private readonly ImmutableHashSet<object> _tainted;
    private readonly ImmutableHashSet<object> _demanded;

    private FlowState(ImmutableHashSet<object> tainted, ImmutableHashSet<object> demanded, bool hasDemanded) => (_tainted, _demanded, HasDemanded) = (tainted, demanded, hasDemanded);

    public static FlowState Empty { get; } = new(ImmutableHashSet.Create<object>(KeyComparer.Instance), ImmutableHashSet.Create<object>(KeyComparer.Instance), false);

    /// <summary>Whether anything was demanded on every way here.</summary>
    public bool HasDemanded { get; }

    public FlowValue this[object key] => new(_tainted.Contains(key), _demanded.Contains(key));

    public FlowState Set(object key, FlowValue value) => new(
        value.IsTainted ? _tainted.Add(key) : _tainted.Remove(key),
        value.IsDemanded ? _demanded.Add(key) : _demanded.Remove(key),
        HasDemanded);

    public FlowState AfterDemand() => HasDemanded ? this : new FlowState(_tainted, _demanded, true);

    public FlowState Merge(FlowState other) => new(_tainted.Union(other._tainted), _demanded.Intersect(other._demanded), HasDemanded && other.HasDemanded);

    /// <summary>What another body sees of it: fields only, whose object is the same.</summary>
    public FlowState FieldsOnly()
    {
        var state = Empty;
        foreach (var key in _tainted)
        {
            if (key is IFieldSymbol or IPropertySymbol)
            {
                state = state.Set(key, this[key]);
            }
        }

        return HasDemanded ? state.AfterDemand() : state;
    }

    /// <summary>Takes over what another body did to fields.</summary>
    public FlowState WithFieldsOf(FlowState other)
    {
        var state = this;
        foreach (var key in _tainted.Union(other._tainted))
        {
            if (key is IFieldSymbol or IPropertySymbol)
            {
                state = state.Set(key, other[key]);
            }
        }

        return state;
    }

    public bool Equals(FlowState? other) => other is not null && HasDemanded == other.HasDemanded && _tainted.SetEquals(other._tainted) && _demanded.SetEquals(other._demanded);

    public override bool Equals(object? obj) => Equals(obj as FlowState);

    public override int GetHashCode() => _tainted.Count * 31 + _demanded.Count;

    /// <summary>Keys are symbols, and the numbers of captures.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) => x is ISymbol one && y is ISymbol other ? SymbolEqualityComparer.Default.Equals(one, other) : object.Equals(x, y);

        public int GetHashCode(object obj) => obj is ISymbol symbol ? SymbolEqualityComparer.Default.GetHashCode(symbol) : obj.GetHashCode();
    }
}
