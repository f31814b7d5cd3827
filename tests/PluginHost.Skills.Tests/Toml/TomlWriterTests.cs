using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Tests.Toml;

[TestClass]
public sealed class TomlWriterTests
{
    /// <summary>Trees of values, with texts of every kind.</summary>
    private static Gen<object> Values(int depth)
    {
        var scalars = Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(text => (object)Valid(text)),
            ArbMap.Default.GeneratorFor<long>().Select(number => (object)number),
            ArbMap.Default.GeneratorFor<double>().Select(number => (object)number),
            ArbMap.Default.GeneratorFor<bool>().Select(flag => (object)flag));
        return depth == 0 ? scalars : Gen.OneOf(
            scalars,
            Values(depth - 1).ListOf(3).Select(object (items) =>
            {
                var array = new TomlArray(ofTables: false);
                array.Items.AddRange(items);
                return array;
            }),
            Tables(depth).Select(object (table) => table));
    }

    private static Gen<TomlTable> Tables(int depth) => Gen.Zip(ArbMap.Default.GeneratorFor<string>().Select(Valid), Values(depth - 1)).ListOf(4).Select(pairs =>
    {
        var table = new TomlTable();
        foreach (var (key, value) in pairs.DistinctBy(pair => pair.Item1))
        {
            table.Add(key, value, default);
        }

        return table;
    });

    private static string Valid(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static bool Same(object x, object y) => (x, y) switch
    {
        (TomlTable a, TomlTable b) => a.Keys.Order().SequenceEqual(b.Keys.Order()) && a.Keys.All(key => Same(a[key], b[key])),
        (TomlArray a, TomlArray b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => Same(pair.First, pair.Second)),
        _ => x.Equals(y),
    };

    [TestMethod]
    public void Written_ReadsBackAsTheSame() => Prop.ForAll(Tables(4).ToArbitrary(), table =>
    {
        var written = TomlWriter.Write(table);
        Assert.IsTrue(Same(table, TomlReader.Read(written)), Encoding.UTF8.GetString(written));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
