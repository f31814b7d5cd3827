using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Flow;

/// <summary>
/// What is known at one place: which variables may be tainted, which hold what was demanded on every way there, and which members of tainted
/// variables were found harmless.
/// </summary>
internal sealed class FlowState : IEquatable<FlowState>
{
    private readonly ImmutableHashSet<object> _tainted;
    private readonly ImmutableHashSet<object> _demanded;
    private readonly ImmutableHashSet<object> _cleared;

    private FlowState(ImmutableHashSet<object> tainted, ImmutableHashSet<object> demanded, ImmutableHashSet<object> cleared, bool hasDemanded) =>
        (_tainted, _demanded, _cleared, HasDemanded) = (tainted, demanded, cleared, hasDemanded);

    private static ImmutableHashSet<object> None { get; } = ImmutableHashSet.Create<object>(KeyComparer.Instance);

    public static FlowState Empty { get; } = new(None, None, None, false);

    /// <summary>Whether anything was demanded on every way here.</summary>
    public bool HasDemanded { get; }

    /// <summary>What is known of a variable, or of a member of one, which is as its owner unless something else is known.</summary>
    public FlowValue this[object key] => key is MemberKey member
        ? _cleared.Contains(key) ? FlowValue.Clean
            : _tainted.Contains(key) || _demanded.Contains(key) ? new FlowValue(_tainted.Contains(key), _demanded.Contains(key))
            : this[member.Root]
        : new FlowValue(_tainted.Contains(key), _demanded.Contains(key));

    public FlowState Set(object key, FlowValue value)
    {
        // Whatever is put into a variable has other members.
        var (tainted, demanded, cleared) = (_tainted, _demanded, _cleared);
        foreach (var member in tainted.Union(demanded).Union(cleared).Where(each => IsWithin(each, key)))
        {
            (tainted, demanded, cleared) = (tainted.Remove(member), demanded.Remove(member), cleared.Remove(member));
        }

        return new FlowState(
            value.IsTainted ? tainted.Add(key) : tainted.Remove(key),
            value.IsDemanded ? demanded.Add(key) : demanded.Remove(key),
            key is MemberKey && value is { IsTainted: false, IsDemanded: false } ? cleared.Add(key) : cleared.Remove(key),
            HasDemanded);
    }

    public FlowState AfterDemand() => HasDemanded ? this : new FlowState(_tainted, _demanded, _cleared, true);

    /// <summary>What holds whichever way was taken. What is harmless on one way needs no demand there.</summary>
    public FlowState Merge(FlowState other) => ReferenceEquals(this, other) ? this : new(
        _tainted.Union(other._tainted),
        _demanded.Union(other._demanded).Where(key => Suffices(this[key]) && Suffices(other[key])).ToImmutableHashSet<object>(KeyComparer.Instance),
        _cleared.Intersect(other._cleared),
        HasDemanded && other.HasDemanded);

    /// <summary>What another body sees of it: fields only, whose object is the same.</summary>
    public FlowState FieldsOnly() => _tainted.Where(IsField).Aggregate(HasDemanded ? Empty.AfterDemand() : Empty, (state, key) => state.Set(key, this[key]));

    /// <summary>Whether any field is tainted.</summary>
    public bool HasFields => _tainted.Any(IsField);

    /// <summary>Takes over what another body did to fields.</summary>
    public FlowState WithFieldsOf(FlowState other) => _tainted.Union(other._tainted).Where(IsField).Aggregate(this, (state, key) => state.Set(key, other[key]));

    public bool Equals(FlowState? other) => ReferenceEquals(this, other)
        || (other is not null && HasDemanded == other.HasDemanded && _tainted.SetEquals(other._tainted) && _demanded.SetEquals(other._demanded) && _cleared.SetEquals(other._cleared));

    public override bool Equals(object? obj) => Equals(obj as FlowState);

    public override int GetHashCode() => (_tainted.Count * 31) + _demanded.Count;

    private static bool Suffices(FlowValue value) => value.IsDemanded || !value.IsTainted;

    private static bool IsField(object key) => key is IFieldSymbol or IPropertySymbol;

    private static bool IsWithin(object key, object root) => key is MemberKey member && (KeyComparer.Instance.Equals(member.Root, root) || IsWithin(member.Root, root));

    /// <summary>Keys are symbols, members of other keys, and the numbers of captures.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        public new bool Equals(object? x, object? y) => (x, y) switch
        {
            (ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other),
            (MemberKey one, MemberKey other) => SymbolEqualityComparer.Default.Equals(one.Member, other.Member) && Equals(one.Root, other.Root),
            _ => object.Equals(x, y),
        };

        public int GetHashCode(object obj) => obj switch
        {
            ISymbol symbol => SymbolEqualityComparer.Default.GetHashCode(symbol),
            MemberKey member => (GetHashCode(member.Root) * 31) + SymbolEqualityComparer.Default.GetHashCode(member.Member),
            _ => obj.GetHashCode(),
        };
    }
}
