using System.Text;
using System.Text.RegularExpressions;

namespace PluginHost.Cli;

/// <summary>Says what an option takes in words, where the parser of the command line names a type of .NET.</summary>
internal sealed partial class TypeNames(TextWriter output) : TextWriter
{
    public override Encoding Encoding => output.Encoding;

    /// <summary>A line of the parser, as people read it.</summary>
    public static string Plain(string text) => Expected().Replace(text, static match => match.Groups[1].Value.Contains("Int", StringComparison.Ordinal) ? ": it is no whole number" : ": it is not what the option takes");

    public override void Write(char value) => output.Write(value);

    public override void Write(string? value) => output.Write(value is null ? null : Plain(value));

    public override void WriteLine(string? value) => output.WriteLine(value is null ? null : Plain(value));

    [GeneratedRegex(" as expected type '([^']{1,200})'")]
    private static partial Regex Expected();
}
