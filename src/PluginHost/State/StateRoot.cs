using System.Security.Cryptography;
using System.Text;
using PluginHost.Lifecycle;

namespace PluginHost.State;

/// <summary>
/// The directory that holds what a host must not forget. Only <see cref="Create"/> makes one; a missing or damaged one is
/// refused, because starting afresh would forget pins and refusals.
/// </summary>
internal sealed class StateRoot
{
    private const string TrustFolder = "trust";
    private static readonly string[] Folders = ["skills", TrustFolder, "keys", "lifecycle", "audit", "data"];

    private StateRoot(string path) => Path = path;

    public string Path { get; }

    public string Keys => System.IO.Path.Combine(Path, "keys");

    /// <summary>The key that signs checkpoints of the audit log.</summary>
    public string HostKey => System.IO.Path.Combine(Keys, "host.pem");

    /// <summary>Recorded consents.</summary>
    public string Consents => System.IO.Path.Combine(Path, "lifecycle", "consents.json");

    /// <summary>Who the directory is, and how often it has changed.</summary>
    public string Generation => System.IO.Path.Combine(Path, "lifecycle", "generation.json");

    /// <summary>What has happened to each version of a skill.</summary>
    public string Journal => System.IO.Path.Combine(Path, "lifecycle", "journal.jsonl");

    /// <summary>What was seen of logs.</summary>
    public string Logs => System.IO.Path.Combine(Path, "lifecycle", "logs");

    /// <summary>Documents that prove fabrications, by payload.</summary>
    public string Evidence => System.IO.Path.Combine(Path, "lifecycle", "evidence");

    /// <summary>What the registries that are followed said.</summary>
    public string Registries => System.IO.Path.Combine(Path, "lifecycle", "registries");

    /// <summary>Packages that are installed.</summary>
    public string Skills => System.IO.Path.Combine(Path, "skills");

    public string TrustStore => System.IO.Path.Combine(Path, TrustFolder, "trust-store.json");

    /// <summary>What is known of publishers and skills beside the trust store.</summary>
    public string TrustLedger => System.IO.Path.Combine(Path, TrustFolder, "ledger.json");

    /// <summary>The file of a skill's variables. Its name is a digest: ids may hold what names of files may not.</summary>
    public string VariablesOf(string publisher, string skill) => System.IO.Path.Combine(
        Path, "data", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{publisher}\n{skill}"))) + ".json");

    public string Audit => System.IO.Path.Combine(Path, "audit");

    /// <summary>Makes a state root, or completes one that is there.</summary>
    /// <returns>The root, and whether it is new.</returns>
    /// <exception cref="SkillStateException">It cannot be made, or others could write to it.</exception>
    public static (StateRoot Root, bool IsNew) Create(string path)
    {
        try
        {
            var root = new StateRoot(System.IO.Path.GetFullPath(path));
            var isNew = !Directory.Exists(root.Path);
            if (isNew)
            {
                PrivateFiles.CreateDirectory(root.Path);
            }
            else if (Directory.EnumerateFileSystemEntries(root.Path).Any(entry => !Folders.Contains(System.IO.Path.GetFileName(entry).Split('.')[0])))
            {
                throw new SkillStateException("foreign", $"'{root.Path}' holds something else");
            }

            foreach (var folder in Folders.Where(folder => folder != TrustFolder))
            {
                PrivateFiles.CreateDirectory(System.IO.Path.Combine(root.Path, folder));
            }

            if (!File.Exists(root.HostKey))
            {
                HostKeyFile.Create(root.HostKey);
            }

            if (!File.Exists(root.Generation))
            {
                StateGeneration.Change(root.Generation, TimeProvider.System.GetUtcNow(), state => state);
            }

            if (!File.Exists(root.Journal))
            {
                if (StateGeneration.Read(root.Generation) is { Journal.Length: > 0 })
                {
                    throw new SkillStateException("missing", "the lifecycle journal of the state directory was deleted");
                }

                PrivateFiles.Replace(root.Journal, LifecycleLine.First(TimeProvider.System));
            }

            // The trust store comes last and with its folder: a folder without one was robbed, not half made.
            var trust = System.IO.Path.Combine(root.Path, TrustFolder);
            if (!Directory.Exists(trust))
            {
                if (StateGeneration.Read(root.Generation) is { Trust: { Length: > 0 } sealedAs } && sealedAs != EmptySeal())
                {
                    throw new SkillStateException("missing", "the trust store of the state directory was deleted; 'pluginhost trust init' replaces it, on record");
                }

                var staged = $"{trust}.{Guid.NewGuid():n}";
                PrivateFiles.CreateDirectory(staged);
                PrivateFiles.Replace(System.IO.Path.Combine(staged, System.IO.Path.GetFileName(root.TrustStore)), PluginHost.Skills.Trust.TrustStore.Empty.Write());
                var ledger = PluginHost.Skills.Trust.TrustLedger.Empty.Write();
                PrivateFiles.Replace(System.IO.Path.Combine(staged, System.IO.Path.GetFileName(root.TrustLedger)), ledger);
                StateGeneration.Change(root.Generation, TimeProvider.System.GetUtcNow(), state => state with { Trust = EmptySeal(), TrustNext = "" });
                Directory.Move(staged, trust);
                isNew = true;
            }

            root.Check();
            return (root, isNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SkillStateException("create", $"the state directory cannot be made: {e.Message}", e);
        }
    }

    /// <exception cref="SkillStateException">It is missing, incomplete, or others could write to it.</exception>
    public static StateRoot Open(string path)
    {
        try
        {
            var root = new StateRoot(System.IO.Path.GetFullPath(path));
            root.Check();
            return root;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SkillStateException("unreadable", $"the state directory cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Opens a state whose trust store may be lost, for whoever is about to replace it.</summary>
    /// <exception cref="SkillStateException">Another part of it is missing, or others could write to it.</exception>
    public static StateRoot OpenToReplaceTrust(string path)
    {
        try
        {
            var root = new StateRoot(System.IO.Path.GetFullPath(path));
            if (Directory.Exists(root.Path))
            {
                PrivateFiles.CreateDirectory(System.IO.Path.Combine(root.Path, TrustFolder));
            }

            root.Check(withTrust: false);
            return root;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SkillStateException("unreadable", $"the state directory cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The seal of files of trust that nobody has changed.</summary>
    public static string EmptySeal() => TrustSeal.Of(PluginHost.Skills.Trust.TrustStore.Empty.Write(), PluginHost.Skills.Trust.TrustLedger.Empty.Write()).ToString();

    /// <summary>A name for this process's own log: each process has its chain.</summary>
    public string NewAuditFile(TimeProvider time) =>
        System.IO.Path.Combine(Audit, $"{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..8]}.jsonl");

    private void Check(bool withTrust = true)
    {
        if (!Directory.Exists(Path))
        {
            throw new SkillStateException("missing", $"there is no state directory '{Path}'; 'pluginhost init' makes one");
        }

        foreach (var folder in Folders.Select(folder => System.IO.Path.Combine(Path, folder)).Prepend(Path))
        {
            if (!Directory.Exists(folder))
            {
                throw new SkillStateException("missing", $"the state directory has no '{System.IO.Path.GetFileName(folder)}': it was deleted, or the directory is another's");
            }

            if (PrivateFiles.IsOpenToOthers(folder))
            {
                throw new SkillStateException("permissions", $"others may write to '{folder}'");
            }
        }

        foreach (var own in new[] { HostKey, Generation, Journal })
        {
            if (!File.Exists(own))
            {
                throw new SkillStateException("missing", $"the state directory has no '{System.IO.Path.GetFileName(own)}': it was deleted, or made by an older version; 'pluginhost init' completes it");
            }
        }

        if (!withTrust)
        {
            return;
        }

        if (!File.Exists(TrustStore))
        {
            throw new SkillStateException("missing", "the trust store of the state directory was deleted");
        }

        if (new FileInfo(TrustStore).LinkTarget is not null || PrivateFiles.IsOpenToOthers(TrustStore))
        {
            throw new SkillStateException("permissions", "the trust store of the state directory is a link, or others may write to it");
        }
    }
}
