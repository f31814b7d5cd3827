using System.Globalization;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>The keywords that look at the items of an array.</summary>
internal sealed class ArrayEvaluation(SchemaEvaluation evaluation, SchemaNode node, JsonElement array, Evaluated? seen)
{
    private readonly int _count = array.GetArrayLength();

    public bool Fits() =>
        _count < node.MinItems ? evaluation.Fails(node, "minItems")
        : _count > node.MaxItems ? evaluation.Fails(node, "maxItems")
        : node.UniqueItems && !Unique() ? evaluation.Fails(node, "uniqueItems")
        : Items() && Contains() && Unevaluated();

    private bool Unique() => array.EnumerateArray().Distinct(JsonEquality.Instance).Count() == _count;

    private bool Items()
    {
        if (node.PrefixItems.Length == 0 && node.Items is null)
        {
            return true;
        }

        var i = 0;
        foreach (var item in array.EnumerateArray())
        {
            var schema = i < node.PrefixItems.Length ? node.PrefixItems[i] : node.Items;
            if (schema is null)
            {
                break;
            }

            if (!evaluation.EvaluatePart(schema, item, Name(i)))
            {
                return false;
            }

            seen?.Add(i);
            i++;
        }

        return true;
    }

    private bool Contains()
    {
        if (node.Contains is not { } wanted)
        {
            return true;
        }

        var (i, found) = (0, 0L);
        foreach (var item in array.EnumerateArray())
        {
            if (evaluation.Try(() => evaluation.EvaluatePart(wanted, item, Name(i))))
            {
                found++;
                seen?.Add(i);
            }

            i++;
        }

        return found < node.MinContains ? evaluation.Fails(node, node.MinContains == 1 ? "contains" : "minContains")
            : found <= (node.MaxContains ?? found) || evaluation.Fails(node, "maxContains");
    }

    private bool Unevaluated()
    {
        if (node.UnevaluatedItems is not { } rest)
        {
            return true;
        }

        var i = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (!seen!.Has(i))
            {
                if (!evaluation.EvaluatePart(rest, item, Name(i)))
                {
                    return evaluation.Fails(node, "unevaluatedItems");
                }

                seen.Add(i);
            }

            i++;
        }

        return true;
    }

    private static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);
}
