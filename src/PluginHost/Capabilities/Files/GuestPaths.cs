namespace PluginHost.Capabilities.Files;

/// <summary>The canonical form of guest paths in demands and records.</summary>
internal static class GuestPaths
{
    /// <summary>Joins a root and a path below it, without dots; what leads out keeps a leading "..".</summary>
    public static string Join(string root, string path)
    {
        var parts = new List<string>();
        if (path.StartsWith('/'))
        {
            parts.Add("..");
        }

        foreach (var part in path.Split('/', '\\'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? root : (root == "/" ? "" : root) + "/" + string.Join('/', parts);
    }
}
