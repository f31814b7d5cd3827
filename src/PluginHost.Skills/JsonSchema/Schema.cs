using System.Collections.Concurrent;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>
/// A JSON Schema (drafts 2020-12 and 7), ready to be applied to values from many threads. What it refers to is in its own
/// document or one of the meta-schemas: nothing is fetched. <c>format</c> is an annotation, as both drafts have it by default.
/// </summary>
internal sealed class Schema
{
    private static readonly ConcurrentDictionary<string, Lazy<Schema>> MetaSchemas = new(StringComparer.Ordinal);

    private readonly SchemaLoader _loader;
    private readonly SchemaNode _root;

    private Schema(SchemaLoader loader, SchemaNode root)
    {
        _loader = loader;
        _root = root;
    }

    /// <summary>Reads a schema that is to be right by its own meta-schema.</summary>
    /// <exception cref="SchemaException">It is not.</exception>
    public static Schema Compile(JsonElement schema)
    {
        Schema compiled;
        try
        {
            compiled = Compile(schema, new Uri("skill:///schema"), SchemaDialect.Draft202012, MetaSchemaFiles.Find);
            var meta = MetaSchemas.GetOrAdd(
                compiled._root.Resource.Dialect.IsDraft7 ? SchemaDialect.Draft7Uri : SchemaDialect.Draft202012Uri,
                static uri => new Lazy<Schema>(() => Compile(MetaSchemaFiles.Find(new Uri(uri))!.Value, new Uri(uri), SchemaDialect.Draft202012, MetaSchemaFiles.Find)));
            if (meta.Value.Check(schema) is { } violation)
            {
                throw new SchemaException(violation.Instance, $"breaks '{violation.Keyword}' of its meta-schema");
            }
        }
        catch (SchemaLimitException e)
        {
            throw new SchemaException("", e.Message);
        }

        return compiled;
    }

    /// <summary>Reads a schema whose references may lead to other documents.</summary>
    /// <exception cref="SchemaException">A reference leads nowhere, or a keyword cannot be read.</exception>
    public static Schema Compile(JsonElement schema, Uri uri, SchemaDialect dialect, Func<Uri, JsonElement?> fetch, bool assertsFormats = false)
    {
        var loader = new SchemaLoader(fetch, assertsFormats);
        return new Schema(loader, loader.Load(schema, uri, dialect));
    }

    /// <summary>What is wrong with a value; null where it fits.</summary>
    /// <exception cref="SchemaLimitException">It would take too long to say.</exception>
    public SchemaViolation? Check(JsonElement value, SchemaLimits? limits = null)
    {
        var evaluation = new SchemaEvaluation(_loader, limits ?? SchemaLimits.Default);
        return evaluation.Evaluate(_root, value, null) ? null : evaluation.Violation ?? new SchemaViolation("", "schema", _root.Location);
    }
}
