using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>The keywords that look at the members of an object.</summary>
internal sealed class ObjectEvaluation(SchemaEvaluation evaluation, SchemaNode node, JsonElement value, Evaluated? seen)
{
    public bool Fits() => Counts() && Required() && Members() && Dependent() && Unevaluated();

    private bool Counts()
    {
        if (node.MinProperties is null && node.MaxProperties is null)
        {
            return true;
        }

        var count = value.GetPropertyCount();
        return count < node.MinProperties ? evaluation.Fails(node, "minProperties")
            : count <= (node.MaxProperties ?? count) || evaluation.Fails(node, "maxProperties");
    }

    private bool Required() =>
        (node.Required.All(Has) || evaluation.Fails(node, "required"))
        && (node.DependentRequired?.All(pair => !Has(pair.Key) || pair.Value.All(Has)) != false || evaluation.Fails(node, "dependentRequired"));

    private bool Dependent() =>
        node.DependentSchemas?.All(pair => !Has(pair.Key) || evaluation.Evaluate(pair.Value, value, seen)) != false;

    private bool Members()
    {
        if (node.Properties is null && node.PatternProperties.Length == 0 && node.AdditionalProperties is null && node.PropertyNames is null)
        {
            return true;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!Member(member.Name, member.Value))
            {
                return false;
            }
        }

        return true;
    }

    private bool Member(string name, JsonElement member)
    {
        evaluation.Step();
        if (node.PropertyNames is { } names && !evaluation.Try(() => evaluation.Evaluate(names, Text(name), null)))
        {
            return evaluation.Fails(node, "propertyNames");
        }

        var known = false;
        if (node.Properties?.TryGetValue(name, out var schema) == true)
        {
            known = true;
            if (!evaluation.EvaluatePart(schema, member, name))
            {
                return false;
            }
        }

        foreach (var (pattern, patterned) in node.PatternProperties)
        {
            if (pattern.IsMatch(name))
            {
                known = true;
                if (!evaluation.EvaluatePart(patterned, member, name))
                {
                    return false;
                }
            }
        }

        if (!known && node.AdditionalProperties is { } additional)
        {
            known = true;
            if (!evaluation.EvaluatePart(additional, member, name))
            {
                return evaluation.Fails(node, "additionalProperties");
            }
        }

        if (known)
        {
            seen?.Add(name);
        }

        return true;
    }

    private bool Unevaluated()
    {
        if (node.UnevaluatedProperties is not { } rest)
        {
            return true;
        }

        foreach (var member in value.EnumerateObject().Where(member => !seen!.Has(member.Name)))
        {
            if (!evaluation.EvaluatePart(rest, member.Value, member.Name))
            {
                return evaluation.Fails(node, "unevaluatedProperties");
            }

            seen!.Add(member.Name);
        }

        return true;
    }

    private bool Has(string name)
    {
        evaluation.Step();
        return value.TryGetProperty(name, out _);
    }

    private static JsonElement Text(string name) => JsonElement.Parse(JsonEncodedText.Encode(name).ToString() is var text ? $"\"{text}\"" : "");
}
