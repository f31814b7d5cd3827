using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Scaffold;

/// <summary>The sources of a skill that builds as it is, from the templates of a language.</summary>
internal sealed class SkillScaffold
{
    private const string Folder = "Templates/";
    private const string Common = "common/";

    private SkillScaffold(string language, string skillId, string publisher)
    {
        var name = skillId[(skillId.LastIndexOf('.') + 1)..];
        (Language, SkillId, Publisher, Package) = (language, skillId, publisher, skillId + ".palyra-skill");
        (string Mark, string Value)[] marks =
        [
            ("{{skill_id}}", skillId),
            ("{{publisher}}", publisher),
            ("{{module}}", name),
            ("{{name}}", name.Length > 0 ? char.ToUpper(name[0], CultureInfo.InvariantCulture) + name[1..] : name),
        ];
        Files = Templates(Common).Concat(Templates(language + "/")).ToImmutableSortedDictionary(
            template => template.File,
            template => Encoding.UTF8.GetBytes(marks.Aggregate(template.Text, (text, mark) => text.Replace(mark.Mark, mark.Value, StringComparison.Ordinal))),
            StringComparer.Ordinal);
    }

    public static ImmutableArray<string> Languages { get; } = ["c", "rust", "assemblyscript"];

    public string Language { get; }

    public string SkillId { get; }

    public string Publisher { get; }

    /// <summary>The file that the build script writes.</summary>
    public string Package { get; }

    /// <summary>What is written, by its path in the directory.</summary>
    public ImmutableSortedDictionary<string, byte[]> Files { get; }

    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="skillId">Its id.</param>
    /// <param name="publisher">Its publisher.</param>
    /// <exception cref="CommandError">A manifest cannot name them so.</exception>
    public static SkillScaffold Create(string language, string skillId, string publisher)
    {
        var scaffold = new SkillScaffold(language, skillId, publisher);
        try
        {
            ManifestReader.Read(scaffold.Files[ManifestReader.Entry]);
            return scaffold;
        }
        catch (SkillVerificationException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.skill-id", e.Diagnostic?.Problem ?? e.Message);
        }
    }

    /// <summary>Writes all of it, or nothing.</summary>
    /// <exception cref="CommandError">Something is there already, or it cannot be written.</exception>
    public void Write(string directory)
    {
        if (string.IsNullOrWhiteSpace(directory))
        {
            throw new CommandError(ExitCode.Usage, "usage.directory", "the directory has no name");
        }

        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var staged = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            {
                throw new CommandError(ExitCode.Usage, "usage.directory", $"'{directory}' is there already: nothing is overwritten");
            }

            foreach (var (file, content) in Files)
            {
                var path = Path.Combine(staged, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, content);
            }

            if (!Directory.Exists(target))
            {
                Directory.Move(staged, target);
                return;
            }

            // Somebody may stand in it: it stays the directory that it is.
            foreach (var entry in Directory.EnumerateFileSystemEntries(staged))
            {
                Directory.Move(entry, Path.Combine(target, Path.GetFileName(entry)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", e.Message);
        }
        finally
        {
            if (Directory.Exists(staged))
            {
                Directory.Delete(staged, recursive: true);
            }
        }
    }

    private static IEnumerable<(string File, string Text)> Templates(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder + folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            yield return (resource[(Folder.Length + folder.Length)..], reader.ReadToEnd());
        }
    }
}
