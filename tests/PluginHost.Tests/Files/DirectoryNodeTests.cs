using PluginHost.Capabilities.Files;

namespace PluginHost.Tests.Files;

/// <summary>Both kinds of trees keep the same promises.</summary>
[TestClass]
public sealed class DirectoryNodeTests
{
    private static void OnBoth(Action<IDirectoryNode> test)
    {
        test(new MemoryTree(1 << 20, 100, TimeProvider.System).CreateRoot());
        if (OperatingSystem.IsLinux())
        {
            using var folder = new TemporaryFolder();
            using var directory = HostDirectory.Open(folder.Path);
            test(directory);
        }
    }

    private static FileError Error(Action action) => Assert.ThrowsExactly<FileTreeException>(action).Error;

    private static void Put(IDirectoryNode directory, string name, string text)
    {
        using var file = directory.OpenFile(name, new FileOpenOptions(true, true, false, true));
        file.Write(System.Text.Encoding.UTF8.GetBytes(text), 0);
    }

    private static string Get(IDirectoryNode directory, string name)
    {
        using var file = directory.OpenFile(name, default);
        var buffer = new byte[1000];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, file.Read(buffer, 0));
    }

    [TestMethod]
    public void Files_AreWrittenReadTruncatedAndListed() => OnBoth(root =>
    {
        Put(root, "b", "hello");
        Put(root, "a", "x");
        Put(root, "b", "hi");
        root.CreateDirectory("d");

        Assert.AreEqual("hi", Get(root, "b"));
        CollectionAssert.AreEqual(new[] { "a", "b", "d" }, root.List().Select(entry => entry.Name).ToArray());
        Assert.AreEqual(FileKind.Directory, root.StatusOf("d").Kind);
        Assert.AreEqual(2, root.StatusOf("b").Size);
    });

    [TestMethod]
    public void Write_BeyondTheEnd_ReadsAsZeros_AlsoAfterACut() => OnBoth(root =>
    {
        using var file = root.OpenFile("f", new FileOpenOptions(true, true, true, false));
        file.Write("secret"u8, 0);
        file.SetLength(1);
        file.Write("z"u8, 5);
        var content = new byte[6];

        Assert.AreEqual(6, file.Read(content, 0));
        CollectionAssert.AreEqual("s\0\0\0\0z"u8.ToArray(), content);
    });

    [TestMethod]
    public void Errors_AreTheSameInBothTrees() => OnBoth(root =>
    {
        Put(root, "f", "x");
        root.CreateDirectory("d");
        using (var inner = root.OpenDirectory("d"))
        {
            Put(inner, "g", "y");
        }

        Assert.AreEqual(FileError.NotFound, Error(() => root.OpenFile("none", default)));
        Assert.AreEqual(FileError.Exists, Error(() => root.OpenFile("f", new FileOpenOptions(true, true, true, false))));
        Assert.AreEqual(FileError.IsADirectory, Error(() => root.OpenFile("d", new FileOpenOptions(true, false, false, false))));
        Assert.AreEqual(FileError.NotADirectory, Error(() => root.OpenDirectory("f")));
        Assert.AreEqual(FileError.NotEmpty, Error(() => root.RemoveDirectory("d")));
        Assert.AreEqual(FileError.IsADirectory, Error(() => root.RemoveFile("d")));
        Assert.AreEqual(FileError.Exists, Error(() => root.CreateDirectory("f")));
        Assert.AreEqual(FileError.NotADirectory, Error(() => root.Rename("d", root, "f")));
        Assert.AreEqual(FileError.IsADirectory, Error(() => root.Rename("f", root, "d")));
    });

    [TestMethod]
    [DataRow("nul")]
    [DataRow("COM1.txt")]
    [DataRow("a/b")]
    [DataRow("a\\b")]
    [DataRow("a:b")]
    [DataRow("a\0b")]
    [DataRow("trailing.")]
    [DataRow("trailing ")]
    [DataRow("..")]
    [DataRow("")]
    public void Names_ThatSomeSystemMisreads_CannotBeCreated(string name) => OnBoth(root =>
        Assert.AreEqual(FileError.InvalidName, Error(() => root.OpenFile(name, new FileOpenOptions(true, true, false, false)))));

    [TestMethod]
    public void Rename_IntoItself_IsRefused() => OnBoth(root =>
    {
        root.CreateDirectory("d");
        using var inner = root.OpenDirectory("d");

        Assert.AreEqual(FileError.InvalidName, Error(() => root.Rename("d", inner, "e")));
    });

    [TestMethod]
    public void Memory_BeyondItsQuota_IsFull_AndGivesBackWhatIsRemoved()
    {
        var root = new MemoryTree(10, 2, TimeProvider.System).CreateRoot();
        Put(root, "a", "0123456789");

        Assert.AreEqual(FileError.NoSpace, Error(() => Put(root, "b", "x")));
        root.RemoveFile("a");
        Put(root, "b", "0123456789");
        root.CreateDirectory("c");
        Assert.AreEqual(FileError.NoSpace, Error(() => root.CreateDirectory("d")));
    }

    [TestMethod]
    public void File_RemovedWhileOpen_LivesUntilItIsClosed() => OnBoth(root =>
    {
        Put(root, "a", "content");
        using var open = root.OpenFile("a", new FileOpenOptions(true, false, false, false));
        root.RemoveFile("a");
        var buffer = new byte[7];

        Assert.AreEqual(7, open.Read(buffer, 0));
        Assert.AreEqual("content", System.Text.Encoding.ASCII.GetString(buffer));
        Assert.AreEqual(0UL, open.Status.Links);
    });

    [TestMethod]
    public void Links_AreReadAndCounted_AndNeverOpened() => OnBoth(root =>
    {
        Put(root, "f", "x");
        root.CreateDirectory("d");
        root.CreateLink("s", "../outside");
        root.Link("f", root, "g");

        Assert.AreEqual("../outside", root.ReadLink("s"));
        Assert.AreEqual((FileKind.Link, 2UL), (root.StatusOf("s").Kind, root.StatusOf("f").Links));
        Assert.AreEqual(FileError.Link, Error(() => root.OpenFile("s", default)));
        Assert.IsTrue(Error(() => root.OpenDirectory("s")) is FileError.Link or FileError.NotADirectory);
        Assert.AreEqual(FileError.NotALink, Error(() => root.ReadLink("f")));
        Assert.AreEqual(FileError.Denied, Error(() => root.Link("d", root, "e")));
        Assert.AreEqual(FileError.Exists, Error(() => root.CreateLink("f", "x")));
        Assert.AreEqual(FileError.InvalidName, Error(() => root.CreateLink("a/b", "x")));
        root.RemoveFile("f");
        Assert.AreEqual(1UL, root.StatusOf("g").Links);
    });

    [TestMethod]
    public void Walk_FollowsLinksByTheirText_AndNeverOut() => OnBoth(root =>
    {
        root.CreateDirectory("d");
        using (var inner = root.OpenDirectory("d"))
        {
            Put(inner, "f", "x");
            inner.CreateLink("up", "..");
            inner.CreateLink("out", "../../etc");
            inner.CreateLink("root", "/etc");
        }

        root.CreateLink("to-d", "d");
        root.CreateLink("a", "b");
        root.CreateLink("b", "a");
        FileError Walk(IDirectoryNode from, string path) => Error(() => PathWalk.To(from, path, followsLast: true).Dispose());

        using (var walk = PathWalk.To(root, "to-d/up/d/./up/to-d/f"))
        {
            Assert.AreEqual((FileKind.Regular, "f"), (walk.Status().Kind, walk.Name));
        }

        using (var walk = PathWalk.To(root, "to-d"))
        {
            Assert.AreEqual(FileKind.Link, walk.Status().Kind);
        }

        using (var walk = PathWalk.To(root, "to-d", followsLast: true))
        {
            Assert.AreEqual(FileKind.Directory, walk.Status().Kind);
        }

        Assert.AreEqual(FileError.Denied, Walk(root, "d/out"));
        Assert.AreEqual(FileError.Denied, Walk(root, "d/out/passwd"));
        Assert.AreEqual(FileError.Denied, Walk(root, "d/root"));
        Assert.AreEqual(FileError.Link, Walk(root, "a"));
        Assert.AreEqual(FileError.Link, Walk(root, "a/x"));
        using var below = root.OpenDirectory("d");
        Assert.AreEqual(FileError.Denied, Walk(below, "up/d/f"));
    });

    [TestMethod]
    public void Memory_OfLinks_IsCounted_AndAFileWithTwoNamesIsGivenBackWithTheLast()
    {
        var root = new MemoryTree(10, 3, TimeProvider.System).CreateRoot();
        Put(root, "a", "01234567");
        root.Link("a", root, "b");
        Assert.AreEqual(FileError.NoSpace, Error(() => root.CreateLink("s", "too long")));
        root.CreateLink("s", "ab");
        Assert.AreEqual(FileError.NoSpace, Error(() => root.Link("a", root, "c")));
        root.RemoveFile("s");
        root.RemoveFile("a");
        Assert.AreEqual(FileError.NoSpace, Error(() => Put(root, "c", "0123")));
        root.RemoveFile("b");
        Put(root, "c", "0123456789");
    }

    [TestMethod]
    public void MappedDirectory_WithAQuota_IsMeasured_AndNoticesWhatOthersDo()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories of the machine are mapped on Linux only");
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["d"]);
        File.WriteAllText(folder["d/there"], "123456");
        using var root = HostDirectory.Open(folder.Path);
        root.Limit(10);
        using var inner = root.OpenDirectory("d");

        Put(inner, "a", "1234");
        Put(inner, "a", "4321");
        Assert.AreEqual(FileError.NoSpace, Error(() => Put(root, "b", "x")));
        using (var file = inner.OpenFile("a", new FileOpenOptions(true, false, false, false)))
        {
            Assert.AreEqual(FileError.NoSpace, Error(() => file.SetLength(5)));
            Assert.AreEqual(FileError.NoSpace, Error(() => file.Write("z"u8, 1L << 40)));
            file.Write("z"u8, 0);
        }

        File.Delete(folder["d/there"]);
        Put(root, "b", "123456");
        Assert.AreEqual(FileError.NoSpace, Error(() => Put(root, "c", "x")));
    }

    [TestMethod]
    public void Memory_OfARemovedOpenFile_IsGivenBackWhenItIsClosed()
    {
        var root = new MemoryTree(10, 2, TimeProvider.System).CreateRoot();
        Put(root, "a", "0123456789");
        var open = root.OpenFile("a", default);
        root.RemoveFile("a");

        Assert.AreEqual(FileError.NoSpace, Error(() => Put(root, "b", "x")));
        root.RemoveFile("b");
        open.Dispose();
        open.Dispose();
        Put(root, "b", "0123456789");
    }

    [TestMethod]
    public void Memory_OfADirectoryWithAQuota_CountsThereAndAbove()
    {
        var tree = new MemoryTree(20, 10, TimeProvider.System);
        var root = tree.CreateRoot();
        var small = root.CreateDirectory("small", new SpaceQuota(10, 10, tree.Quota));
        Put(small, "a", "01234567");

        Assert.AreEqual(FileError.NoSpace, Error(() => Put(small, "b", "012")));
        Put(root, "c", "012345678901");
        Assert.AreEqual(FileError.NoSpace, Error(() => Put(small, "d", "0")));
        Assert.AreEqual(FileError.CrossDevice, Error(() => small.Rename("a", root, "a")));
        Assert.AreEqual(FileError.CrossDevice, Error(() => small.Link("a", root, "a")));
    }

    [TestMethod]
    public void Directory_WithAQuotaOfItsOwn_StaysWhereItIs()
    {
        var tree = new MemoryTree(20, 10, TimeProvider.System);
        var root = tree.CreateRoot();
        root.CreateDirectory("granted", new SpaceQuota(10, 10, tree.Quota));
        root.CreateDirectory("d");

        Assert.AreEqual(FileError.Unsupported, Error(() => root.RemoveDirectory("granted")));
        Assert.AreEqual(FileError.Unsupported, Error(() => root.Rename("granted", root, "moved")));
        Assert.AreEqual(FileError.Unsupported, Error(() => root.Rename("d", root, "granted")));
    }

    [TestMethod]
    public void Directory_RemovedWhileOpen_TakesNothingNew()
    {
        var root = new MemoryTree(100, 10, TimeProvider.System).CreateRoot();
        root.CreateDirectory("d");
        var open = root.OpenDirectory("d");
        root.RemoveDirectory("d");

        Assert.AreEqual(FileError.NotFound, Error(() => open.CreateDirectory("x")));
    }

    [TestMethod]
    public void Memory_UsedByManyThreads_StaysWhole()
    {
        var root = new MemoryTree(1 << 20, 1000, TimeProvider.System).CreateRoot();
        Parallel.For(0, 2000, i =>
        {
            Put(root, $"f{i % 20}", new string('x', i % 50));
            try
            {
                root.RemoveFile($"f{(i + 7) % 20}");
            }
            catch (FileTreeException e) when (e.Error == FileError.NotFound)
            {
            }
        });
        foreach (var entry in root.List())
        {
            root.RemoveFile(entry.Name);
        }

        Put(root, "all", new string('x', 1 << 20));
    }

    [TestMethod]
    [DataRow("../x")]
    [DataRow("d/../../x")]
    [DataRow("/etc/passwd")]
    [DataRow("d/../..")]
    [DataRow("..\\x")]
    public void Walk_ThatLeadsOut_IsDenied(string path) => OnBoth(root =>
    {
        root.CreateDirectory("d");
        Assert.AreEqual(FileError.Denied, Error(() => PathWalk.To(root, path).Dispose()));
    });

    [TestMethod]
    public void Walk_Within_FindsTheLastName() => OnBoth(root =>
    {
        root.CreateDirectory("d");
        using var walk = PathWalk.To(root, "d/./../d//x");

        Assert.AreEqual("x", walk.Name);
        Assert.AreEqual(root.StatusOf("d").Id, walk.Directory.Status.Id);
    });

    [TestMethod]
    public void HostLinks_PipesAndSecondNames_AreNotFollowed()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: this version maps directories on Linux only");
        }

        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        File.WriteAllText(outside["secret"], "secret");
        File.CreateSymbolicLink(folder["file"], outside["secret"]);
        Directory.CreateSymbolicLink(folder["directory"], outside.Path);
        File.CreateSymbolicLink(folder["dangling"], outside["made"]);
        Assert.AreEqual(0, Run("ln", outside["secret"], folder["second"]));
        Assert.AreEqual(0, Run("mkfifo", folder["pipe"]));
        using var root = HostDirectory.Open(folder.Path);

        Assert.AreEqual(FileError.Link, Error(() => root.OpenFile("file", default)));
        Assert.AreEqual(FileError.NotADirectory, Error(() => root.OpenDirectory("directory")));
        Assert.AreEqual(FileError.Link, Error(() => root.OpenFile("dangling", new FileOpenOptions(true, true, false, false))));
        Assert.AreEqual(FileError.Denied, Error(() => root.OpenFile("second", new FileOpenOptions(true, false, false, true))));
        Assert.AreEqual(FileError.Denied, Error(() => root.OpenFile("pipe", default)));
        Assert.AreEqual(FileKind.Link, root.StatusOf("file").Kind);
        Assert.AreEqual("secret", File.ReadAllText(outside["secret"]));
        Assert.IsFalse(File.Exists(outside["made"]));
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }

    [TestMethod]
    public void Time_OfAFileWithASecondName_IsNotSet_AndFractionsAreKept()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories of the machine are mapped on Linux only");
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["one"], "1");
        using var directory = HostDirectory.Open(folder.Path);
        using var file = directory.OpenFile("one", new FileOpenOptions(Write: false, Create: false, Exclusive: false, Truncate: false));
        var time = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000).AddTicks(9_999_999);

        file.SetTimes(null, time);
        Assert.AreEqual(time, directory.StatusOf("one").Times.Modified);
        directory.SetTimes("one", null, time.AddTicks(-1));
        Assert.AreEqual(time.AddTicks(-1), file.Status.Times.Modified);

        using (var link = System.Diagnostics.Process.Start("ln", [folder["one"], folder["two"]]))
        {
            link.WaitForExit();
        }

        Assert.AreEqual(FileError.Denied, Assert.ThrowsExactly<FileTreeException>(() => file.SetTimes(null, time)).Error);
        Assert.AreEqual(FileError.Denied, Assert.ThrowsExactly<FileTreeException>(() => directory.SetTimes("one", null, time)).Error);
    }
}
