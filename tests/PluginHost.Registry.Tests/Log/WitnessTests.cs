using System.Net;
using System.Text;
using PluginHost.Logs;
using PluginHost.Registry.Log;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class WitnessTests
{
    private static readonly SimulatedTime Time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    private static Witness Create(TemporaryFolder folder, string name = "witness") => new(folder[name], LogKeys.Witness(11).Name, folder[name + "-key"], LogKeys.Of(11), LogKeys.Policy(), Time);

    private static LogWriter Log(TemporaryFolder folder, string name = "log") => LogWriter.Create(folder[name], LogKeys.Origin, folder[name + "-key"], LogKeys.Of(1));

    private static Note Append(LogWriter log, params string[] entries) => log.Append([.. entries.Select(entry => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(entry))]);

    private static async Task<WitnessAnswer> Ask(Witness witness, TemporaryFolder folder, Note note, long old, string log = "log", bool withProof = true)
    {
        var proof = withProof && old > 0 && old < Checkpoint.Read(note.Text).Size ? await new LogReader(new DirectoryLogFiles(folder[log]), Checkpoint.Read(note.Text).Size).ProveConsistencyAsync(old, default) : [];
        return witness.Add(Encoding.UTF8.GetBytes($"old {old}\n{string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n"))}\n{note}"));
    }

    [TestMethod]
    public async Task Trees_ThatContinueTheLast_AreCosigned()
    {
        using var folder = new TemporaryFolder();
        using var witness = Create(folder);
        using var log = Log(folder);
        var first = Append(log, "a", "b");
        var answer = await Ask(witness, folder, first, 0);

        Assert.AreEqual(200, answer.Status);
        Assert.AreEqual(1_800_000_000UL, Note.Read($"{first.Text}\n{answer.Body}").Signers([LogKeys.Witness(11)]).Single().Value);
        Assert.AreEqual(200, (await Ask(witness, folder, Append(log, "c", "d", "e"), 2)).Status);

        // The same tree again gets a newer cosignature.
        Assert.AreEqual(200, (await Ask(witness, folder, log.Append([]), 5)).Status);
    }

    [TestMethod]
    public async Task OtherAnswers_AreThoseOfTheStandard()
    {
        using var folder = new TemporaryFolder();
        using var witness = Create(folder);
        using var log = Log(folder);
        var first = Append(log, "a", "b", "c");
        Assert.AreEqual(409, (await Ask(witness, folder, first, 2) is var conflict ? conflict.Status : 0));
        Assert.AreEqual(("0\n", "text/x.tlog.size"), (conflict.Body, conflict.ContentType));
        Assert.AreEqual(400, (await Ask(witness, folder, first, 4)).Status);
        Assert.AreEqual(400, witness.Add("old 0\n"u8).Status);
        Assert.AreEqual(400, witness.Add(Encoding.UTF8.GetBytes($"old 00\n\n{first}")).Status);
        Assert.AreEqual(400, witness.Add(Encoding.UTF8.GetBytes($"old 0\nabc\n\n{first}")).Status);
        Assert.AreEqual(400, witness.Add(Encoding.UTF8.GetBytes($"old 0\n{string.Concat(Enumerable.Repeat(Convert.ToBase64String(new byte[32]) + "\n", 64))}\n{first}")).Status);
        Assert.AreEqual(422, witness.Add(Encoding.UTF8.GetBytes($"old 0\n{Convert.ToBase64String(new byte[32])}\n\n{first}")).Status);

        var text = Checkpoint.Of("unknown.example", 1, new byte[32]).Text;
        Assert.AreEqual(404, (await Ask(witness, folder, Note.Read($"{text}\n{Note.SignatureOf(text, "unknown.example", LogKeys.Of(1))}"), 0)).Status);
        Assert.AreEqual(403, (await Ask(witness, folder, Note.Read($"{first.Text}\n{Note.SignatureOf(first.Text, LogKeys.Origin, LogKeys.Of(2))}"), 0)).Status);
        Assert.AreEqual(403, (await Ask(witness, folder, Note.Read($"{first.Text}\n{Note.SignatureOf("other\n", LogKeys.Origin, LogKeys.Of(1))}"), 0)).Status);

        Assert.AreEqual(200, (await Ask(witness, folder, first, 0)).Status);
        Assert.AreEqual("3\n", (await Ask(witness, folder, first, 0)).Body);
        var second = Append(log, "d");
        Assert.AreEqual(422, (await Ask(witness, folder, second, 3, withProof: false)).Status);
    }

    [TestMethod]
    public async Task Fork_IsNotCosigned()
    {
        using var folder = new TemporaryFolder();
        using var witness = Create(folder);
        using var log = Log(folder);
        using var fork = Log(folder, "fork");
        Assert.AreEqual(200, (await Ask(witness, folder, Append(log, "a", "b"), 0)).Status);

        var other = Append(fork, "a", "x");
        Assert.AreEqual(409, (await Ask(witness, folder, other, 2)).Status);
        Assert.AreEqual(422, (await Ask(witness, folder, Append(fork, "c"), 2, "fork")).Status);
    }

    [TestMethod]
    public async Task WhatWasCosigned_IsRememberedByTheNextProcess()
    {
        using var folder = new TemporaryFolder();
        using var log = Log(folder);
        var note = Append(log, "a", "b");
        using (var witness = Create(folder))
        {
            Assert.AreEqual(200, (await Ask(witness, folder, note, 0)).Status);
            Assert.ThrowsExactly<SkillStateException>(() => Create(folder));
        }

        using var next = Create(folder);
        Assert.AreEqual((409, "2\n"), (await Ask(next, folder, note, 0) is var answer ? answer.Status : 0, answer.Body));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void WitnessThatForgot_IsRefused(bool isOlderCopy)
    {
        using var folder = new TemporaryFolder();
        using var log = Log(folder);
        var (first, second) = (Append(log, "a"), Append(log, "b"));
        using (var witness = Create(folder))
        {
            Assert.AreEqual(200, witness.Add(Encoding.UTF8.GetBytes($"old 0\n\n{first}")).Status);
        }

        var file = Directory.GetFiles(folder["witness"], "*.cosigned").Single();
        var older = File.ReadAllBytes(file);
        using (var witness = Create(folder))
        {
            var proof = new LogReader(new DirectoryLogFiles(folder["log"]), 2).ProveConsistencyAsync(1, default).Result;
            Assert.AreEqual(200, witness.Add(Encoding.UTF8.GetBytes($"old 1\n{string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n"))}\n{second}")).Status);
        }

        if (isOlderCopy)
        {
            File.WriteAllBytes(file, older);
        }
        else
        {
            Directory.Delete(folder["witness"], recursive: true);
        }

        Assert.AreEqual("log.rolled-back", Assert.ThrowsExactly<SkillVerificationException>(() => Create(folder)).Code);
    }

    [TestMethod]
    public async Task ManyAtOnce_LeaveOneHistory()
    {
        using var folder = new TemporaryFolder();
        using var witness = Create(folder);
        using var log = Log(folder);
        var notes = Enumerable.Range(0, 20).Select(i => Append(log, $"{i}")).ToList();
        var answers = await Task.WhenAll(notes.Select(note => Task.Run(() => witness.Add(Encoding.UTF8.GetBytes($"old 0\n\n{note}")))));

        Assert.AreEqual(1, answers.Count(answer => answer.Status == 200));
        Assert.IsTrue(answers.Where(answer => answer.Status != 200).All(answer => answer.Status == 409));
    }

    [TestMethod]
    public async Task Service_AnswersOverHttp_AndTheClientCollects()
    {
        using var folder = new TemporaryFolder();
        using var witness = Create(folder);
        using var log = Log(folder);
        await using var service = WitnessService.Create(witness, new Uri("http://127.0.0.1:0/w"));
        await service.StartAsync();
        var address = service.Urls.Single() + "/w";
        var policy = LogKeys.Read($"log {LogKeys.Log}\nwitness w11 {LogKeys.Witness(11)} {address}\nwitness w12 {LogKeys.Witness(12)} http://127.0.0.1:1/\ngroup g any w11 w12\nquorum g\n");
        var told = new List<string>();
        var files = new DirectoryLogFiles(folder["log"]);

        var first = await WitnessClient.CosignAsync(Append(log, "a", "b"), files, policy.Witnesses, told.Add, default);
        Assert.IsTrue(policy.Judge(first, Time.GetUtcNow()).Holds);
        Assert.AreEqual(1, told.Count);

        // The witness knows two entries by now: the client is told, and proves that the third continues them.
        Assert.IsTrue(policy.Judge(await WitnessClient.CosignAsync(Append(log, "c"), files, policy.Witnesses, told.Add, default), Time.GetUtcNow()).Holds);

        using var client = new HttpClient();
        using var large = new ByteArrayContent(new byte[Witness.MaxRequestBytes + 1]);
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, (await client.PostAsync(new Uri(address + "/add-checkpoint"), large)).StatusCode);
        Assert.AreEqual(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(address + "/other"))).StatusCode);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await client.GetAsync(new Uri(address + "/add-checkpoint"))).StatusCode);
    }
}
