using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>Equality of JSON values as schemas mean it: numbers by value, members in any order.</summary>
internal sealed class JsonEquality : IEqualityComparer<JsonElement>
{
    public static JsonEquality Instance { get; } = new();

    public bool Equals(JsonElement x, JsonElement y)
    {
        if (x.ValueKind != y.ValueKind)
        {
            return false;
        }

        switch (x.ValueKind)
        {
            case JsonValueKind.Number:
                return JsonNumber.Of(x).Equals(JsonNumber.Of(y));
            case JsonValueKind.String:
                return x.ValueEquals(y.GetString());
            case JsonValueKind.Array:
                return x.GetArrayLength() == y.GetArrayLength() && x.EnumerateArray().SequenceEqual(y.EnumerateArray(), this);
            case JsonValueKind.Object:
                var members = x.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
                var count = 0;
                foreach (var member in y.EnumerateObject())
                {
                    count++;
                    if (!members.TryGetValue(member.Name, out var other) || !Equals(other, member.Value))
                    {
                        return false;
                    }
                }

                return count == members.Count;
            default:
                return true;
        }
    }

    public int GetHashCode(JsonElement obj) => obj.ValueKind switch
    {
        JsonValueKind.Number => JsonNumber.Of(obj).GetHashCode(),
        JsonValueKind.String => string.GetHashCode(obj.GetString(), StringComparison.Ordinal),
        JsonValueKind.Array => obj.EnumerateArray().Aggregate(17, (hash, item) => HashCode.Combine(hash, GetHashCode(item))),

        // The same in any order.
        JsonValueKind.Object => obj.EnumerateObject().Aggregate(
            19, (hash, member) => hash ^ HashCode.Combine(string.GetHashCode(member.Name, StringComparison.Ordinal), GetHashCode(member.Value))),
        var kind => (int)kind,
    };
}
