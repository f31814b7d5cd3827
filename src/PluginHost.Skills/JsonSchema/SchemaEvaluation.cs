using System.Diagnostics;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>One evaluation of a value: what it may still cost, and the first thing that was wrong.</summary>
/// <param name="loader">Where schemas are found.</param>
/// <param name="limits">What it may cost.</param>
internal sealed class SchemaEvaluation(SchemaLoader loader, SchemaLimits limits)
{
    /// <summary>Schemas within schemas; references that go round in circles end here.</summary>
    private const int MaxDepth = 256;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Stack<SchemaResource> _scope = new();
    private readonly Stack<string> _path = new();
    private int _steps;
    private int _depth;

    /// <summary>How many evaluations around this one may fail without the whole failing.</summary>
    private int _attempts;

    public SchemaViolation? Violation { get; private set; }

    /// <summary>Whether a value fits.</summary>
    /// <param name="node">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="seen">Receives what was looked at; null where nobody asks.</param>
    /// <exception cref="SchemaLimitException">It would take too long.</exception>
    public bool Evaluate(SchemaNode node, JsonElement value, Evaluated? seen)
    {
        Step();
        if (node.Always is { } always)
        {
            return always || Fails(node, "false");
        }

        if (++_depth > MaxDepth)
        {
            throw new SchemaLimitException($"schemas refer to each other more than {MaxDepth} deep");
        }

        var enters = _scope.Count == 0 || !ReferenceEquals(_scope.Peek(), node.Resource);
        if (enters)
        {
            _scope.Push(node.Resource);
        }

        var own = loader.NeedsAnnotations ? new Evaluated() : null;
        var fits = Referenced(node, value, own) && Kind(node, value) && Combined(node, value, own) && value.ValueKind switch
        {
            JsonValueKind.Number => NumberFits(node, value),
            JsonValueKind.String => StringFits(node, value),
            JsonValueKind.Array => new ArrayEvaluation(this, node, value, own).Fits(),
            JsonValueKind.Object => new ObjectEvaluation(this, node, value, own).Fits(),
            _ => true,
        };
        if (enters)
        {
            _scope.Pop();
        }

        _depth--;
        if (fits && own is not null)
        {
            seen?.Add(own);
        }

        return fits;
    }

    /// <summary>Evaluates a part of the value.</summary>
    public bool EvaluatePart(SchemaNode node, JsonElement part, string name)
    {
        _path.Push(name);
        var fits = Evaluate(node, part, null);
        _path.Pop();
        return fits;
    }

    /// <summary>Evaluates where failing is an answer, too.</summary>
    public bool Try(Func<bool> evaluate)
    {
        _attempts++;
        var fits = evaluate();
        _attempts--;
        return fits;
    }

    /// <summary>Counts what an evaluation costs.</summary>
    /// <exception cref="SchemaLimitException">It costs too much.</exception>
    public void Step(int cost = 1)
    {
        if ((_steps += cost) > limits.Steps)
        {
            throw new SchemaLimitException($"evaluating takes more than {limits.Steps} steps");
        }

        // Steps are not alike; none is long by itself.
        if ((_steps & 0xFF) < cost && Stopwatch.GetElapsedTime(_started) > limits.Time)
        {
            throw new SchemaLimitException($"evaluating takes longer than {limits.Time.TotalSeconds} s");
        }
    }

    /// <summary>Notes what was wrong, where that decides.</summary>
    public bool Fails(SchemaNode node, string keyword)
    {
        if (_attempts == 0)
        {
            Violation ??= new SchemaViolation(string.Concat(_path.Reverse().Select(name => "/" + SchemaLoader.Escape(name))), keyword, node.Location);
        }

        return false;
    }

    private bool Referenced(SchemaNode node, JsonElement value, Evaluated? seen) =>
        (node.Referenced is null || Evaluate(node.Referenced, value, seen))
        && (node.DynamicReferenced is null || Evaluate(Dynamic(node.DynamicReference!, node.DynamicReferenced), value, seen));

    /// <summary>The outermost schema in whose evaluation this one takes place that has the same dynamic anchor (core 8.2.3.2).</summary>
    private SchemaNode Dynamic(string reference, SchemaNode initial)
    {
        var anchor = reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..];
        return initial.DynamicAnchor is null || initial.DynamicAnchor != anchor
            ? initial
            : _scope.Reverse().Select(resource => loader.FindDynamic(resource.Uri, anchor)).FirstOrDefault(found => found is not null) ?? initial;
    }

    private bool Kind(SchemaNode node, JsonElement value)
    {
        if (node.Types != JsonKinds.None || node.RequiresInteger)
        {
            var kind = value.ValueKind switch
            {
                JsonValueKind.Null => JsonKinds.Null,
                JsonValueKind.True or JsonValueKind.False => JsonKinds.Boolean,
                JsonValueKind.Number => JsonKinds.Number,
                JsonValueKind.String => JsonKinds.String,
                JsonValueKind.Array => JsonKinds.Array,
                _ => JsonKinds.Object,
            };
            if ((node.Types & kind) == 0 && !(node.RequiresInteger && kind == JsonKinds.Number && JsonNumber.Of(value).IsInteger))
            {
                return Fails(node, "type");
            }
        }

        Step((node.EnumeratedTexts is null ? node.Enumeration?.GetArrayLength() ?? 0 : 1) + (node.Constant is null ? 0 : 1));
        return node.Constant is { } constant && !JsonEquality.Instance.Equals(constant, value) ? Fails(node, "const")
            : node.EnumeratedTexts is { } texts ? (value.ValueKind == JsonValueKind.String && texts.Contains(value.GetString()!)) || Fails(node, "enum")
            : node.Enumeration is not { } values || values.EnumerateArray().Any(one => JsonEquality.Instance.Equals(one, value)) || Fails(node, "enum");
    }

    private bool Combined(SchemaNode node, JsonElement value, Evaluated? seen)
    {
        if (!node.AllOf.All(one => Evaluate(one, value, seen)))
        {
            return false;
        }

        // All of them are looked at: each may say something about what was evaluated.
        if (node.AnyOf.Length > 0 && !Try(() => node.AnyOf.Aggregate(false, (fits, one) => Evaluate(one, value, seen) || fits)))
        {
            return Fails(node, "anyOf");
        }

        if (node.OneOf.Length > 0 && !Try(() => node.OneOf.Count(one => Evaluate(one, value, seen)) == 1))
        {
            return Fails(node, "oneOf");
        }

        if (node.Not is not null && Try(() => Evaluate(node.Not, value, null)))
        {
            return Fails(node, "not");
        }

        return node.If is null || ((Try(() => Evaluate(node.If, value, seen)) ? node.Then : node.Else) is not { } chosen || Evaluate(chosen, value, seen));
    }

    private bool NumberFits(SchemaNode node, JsonElement value)
    {
        if (node.Minimum is null && node.Maximum is null && node.ExclusiveMinimum is null && node.ExclusiveMaximum is null && node.MultipleOf is null)
        {
            return true;
        }

        Step(4);

        var number = JsonNumber.Of(value);
        return number.CompareTo(node.Minimum ?? number) < 0 ? Fails(node, "minimum")
            : number.CompareTo(node.Maximum ?? number) > 0 ? Fails(node, "maximum")
            : node.ExclusiveMinimum is { } above && number.CompareTo(above) <= 0 ? Fails(node, "exclusiveMinimum")
            : node.ExclusiveMaximum is { } below && number.CompareTo(below) >= 0 ? Fails(node, "exclusiveMaximum")
            : node.MultipleOf is not { } divisor || number.IsMultipleOf(divisor) || Fails(node, "multipleOf");
    }

    private bool StringFits(SchemaNode node, JsonElement value)
    {
        if (node.MinLength is null && node.MaxLength is null && node.Pattern is null && node.Format is null)
        {
            return true;
        }

        var text = value.GetString()!;

        // Characters, of which some are two in memory.
        var length = text.Length - text.Count(char.IsLowSurrogate);
        return length < node.MinLength ? Fails(node, "minLength")
            : length > node.MaxLength ? Fails(node, "maxLength")
            : node.Pattern?.IsMatch(text) == false ? Fails(node, "pattern")
            : node.Format is null || SchemaFormats.Fit(node.Format, text) || Fails(node, "format");
    }
}
