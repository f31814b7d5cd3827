namespace PluginHost.Wasm.Runtime;

/// <summary>
/// Numbers function types so that equal types share a number and a number is never given to two unequal types. Types are
/// held weakly: a module that is gone takes its types with it, and their numbers are not used again.
/// </summary>
internal static class FunctionTypeIds
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, List<(WeakReference<FunctionType> Type, int Id)>> Buckets = [];
    private static int _next;
    private static int _purgeAt = 1024;
    private static int _entries;

    public static int Of(FunctionType type)
    {
        lock (Gate)
        {
            var hash = type.GetHashCode();
            if (!Buckets.TryGetValue(hash, out var bucket))
            {
                Buckets[hash] = bucket = [];
            }

            foreach (var (known, id) in bucket)
            {
                if (known.TryGetTarget(out var other) && other.Equals(type))
                {
                    // The number must live as long as any type that carries it, so every carrier is listed.
                    Add(bucket, type, id);
                    return id;
                }
            }

            var fresh = checked(++_next);
            Add(bucket, type, fresh);
            return fresh;
        }
    }

    private static void Add(List<(WeakReference<FunctionType> Type, int Id)> bucket, FunctionType type, int id)
    {
        bucket.Add((new WeakReference<FunctionType>(type), id));
        if (++_entries >= _purgeAt)
        {
            Purge();
        }
    }

    private static void Purge()
    {
        _entries = 0;
        foreach (var (hash, bucket) in Buckets.ToArray())
        {
            bucket.RemoveAll(entry => !entry.Type.TryGetTarget(out _));
            _entries += bucket.Count;
            if (bucket.Count == 0)
            {
                Buckets.Remove(hash);
            }
        }

        _purgeAt = Math.Max(1024, _entries * 2);
    }
}
