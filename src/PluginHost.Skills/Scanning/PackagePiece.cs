namespace PluginHost.Skills.Scanning;

/// <summary>A part of a package that is scanned by itself.</summary>
/// <param name="Location">Where it stands: a file of the package, and the part of it.</param>
/// <param name="Section">What it is: <c>manifest</c>, <c>tool</c>, <c>module</c>, <c>data</c>, <c>custom</c>, <c>asset</c> or <c>paper</c>.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PackagePiece(string Location, string Section, ReadOnlyMemory<byte> Content)
{
    /// <summary>The file of the package that it is of.</summary>
    public required string File { get; init; }

    /// <summary>Where it begins in its file; null where it was put together and does not stand there as it is.</summary>
    public int? Start { get; init; }

    /// <summary>What its module imports, one name on a line, as texts of rules are (<see cref="PackagePieces.Latin"/>); empty for what is no module.</summary>
    public string Imports { get; init; } = "";

    /// <summary>What it exports.</summary>
    public string Exports { get; init; } = "";
}
