using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.States;

/// <summary>A state directory that was deleted, put back or exchanged is refused until somebody answers for it.</summary>
[TestClass]
public sealed class StateAnchorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StateAnchorTests() => StateRoot.Create(_folder["state"]);

    public void Dispose() => _folder.Dispose();

    private IStateAnchor Anchor => StateAnchors.File(_folder["anchor"]);

    private async Task<string> Run(IStateAnchor? anchor)
    {
        try
        {
            await using var host = TestHosts.Create(options =>
            {
                options.StateDirectory = _folder["state"];
                options.Anchor = anchor;
            });
            await host.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.shout", "x");
            return "ok";
        }
        catch (SkillStateException e)
        {
            return e.Code;
        }
    }

    private void Copy(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(_folder[from], "*", SearchOption.AllDirectories).Prepend(_folder[from]))
        {
            var target = directory.Replace(_folder[from], _folder[to], StringComparison.Ordinal);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(target);
            }
            else
            {
                Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            foreach (var file in Directory.EnumerateFiles(directory))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            }
        }
    }

    [TestMethod]
    public async Task State_ThatGoesOn_IsAccepted_RunAfterRun()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual("ok", await Run(Anchor));
        }

        Assert.AreEqual("ok", await Run(null), "an anchor is the embedder's choice");
        Assert.AreEqual("ok", await Run(Anchor));
    }

    [TestMethod]
    public async Task OlderCopy_IsRefused_UntilItIsAdopted_OnRecord()
    {
        await Run(Anchor);
        Copy("state", "copy");
        await Run(Anchor);
        Directory.Delete(_folder["state"], recursive: true);
        Copy("copy", "state");

        Assert.AreEqual("state.older", await Run(Anchor));
        SkillHost.AdoptState(_folder["state"], Anchor, "ann", "the disk was restored");
        Assert.AreEqual("ok", await Run(Anchor));
        var records = Directory.EnumerateFiles(_folder["state/audit"], "*.jsonl").SelectMany(File.ReadLines).ToList();
        Assert.IsTrue(records.Exists(line => line.Contains("\"event\":\"state-adopted\",\"who\":\"ann\",\"reason\":\"the disk was restored\"", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task DeletedAndMadeAgain_IsRefused()
    {
        await Run(Anchor);
        Directory.Delete(_folder["state"], recursive: true);
        Assert.AreEqual("state.missing", await Run(Anchor));
        StateRoot.Create(_folder["state"]);

        Assert.AreEqual("state.foreign", await Run(Anchor));
    }

    [TestMethod]
    public async Task RemovedGenerationOrKey_IsRefused()
    {
        await Run(Anchor);
        File.Delete(_folder["state/lifecycle/generation.json"]);
        Assert.AreEqual("state.missing", await Run(null));
        StateRoot.Create(_folder["state"]);
        Assert.AreEqual("state.foreign", await Run(Anchor));
        File.Delete(_folder["state/keys/host.pem"]);
        Assert.AreEqual("state.missing", await Run(null));
    }

    [TestMethod]
    public async Task LostAnchor_IsRefused()
    {
        await Run(Anchor);
        File.Delete(_folder["anchor"]);

        Assert.AreEqual("state.anchor-missing", await Run(Anchor));
        SkillHost.AdoptState(_folder["state"], Anchor, "ann", "the vault was lost");
        Assert.AreEqual("ok", await Run(Anchor));
    }

    [TestMethod]
    public async Task CutOrRemovedLog_IsRefused()
    {
        await Run(Anchor);
        var log = Directory.EnumerateFiles(_folder["state/audit"], "*.jsonl").Single();
        var lines = File.ReadAllLines(log);
        File.WriteAllLines(log, lines.SkipLast(2));
        Assert.AreEqual("state.audit-cut", await Run(Anchor));
        File.WriteAllText(log, string.Join('\n', lines) + "\n");
        Assert.AreEqual("ok", await Run(Anchor));
        foreach (var file in Directory.EnumerateFiles(_folder["state/audit"]))
        {
            File.Delete(file);
        }

        File.WriteAllText(_folder["state/audit/z.jsonl"], $$"""{"v":1,"seq":1,"time":"","type":"lifecycle","event":"retention","segment":"{{Path.GetFileName(log)}}","last":99999999,"head":""}""" + "\n");
        Assert.AreEqual("state.audit-cut", await Run(Anchor), "whatever somebody wrote beside it");
    }

    [TestMethod]
    public async Task AnchorThatFails_StopsTheHost()
    {
        Assert.AreEqual("state.anchor", await Run(StateAnchors.Text(() => throw new InvalidOperationException("the vault is shut"), _ => { })));
        Assert.AreEqual("state.anchor", await Run(StateAnchors.Text(() => null, _ => throw new InvalidOperationException("the vault is full"))));
        Assert.AreEqual("state.anchor", await Run(StateAnchors.Text(() => "{}", _ => { })));
    }

    [TestMethod]
    public async Task Anchor_MayBeAnyStoreOfTexts()
    {
        string? kept = null;
        var anchor = StateAnchors.Text(() => kept, text => kept = text);
        Assert.AreEqual("ok", await Run(anchor));
        var mark = StateMark.FromJson(kept!);

        Assert.AreEqual(64, mark.AuditHead.Length);
        Assert.IsGreaterThan(1L, mark.Generation);
        Assert.AreEqual(mark, StateMark.FromJson(mark.ToJson()));
        Assert.ThrowsExactly<FormatException>(() => StateMark.FromJson("[]"));
        Assert.ThrowsExactly<FormatException>(() => StateMark.FromJson(mark.ToJson() + new string(' ', 5_000)));
    }
}
