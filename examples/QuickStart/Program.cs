using System.IO.Compression;
using PluginHost;
using PluginHost.Skills;
using QuickStart;

const string token = "the-token-that-no-skill-ever-sees";
var skills = Path.Combine(AppContext.BaseDirectory, "skills");
var folder = Directory.CreateTempSubdirectory("pluginhost-quickstart-").FullName;
var auditFile = Path.Combine(folder, "audit.jsonl");
using var weatherService = new WeatherService(token);

var options = new SkillHostOptions
{
    // Whose signatures count. Nobody's by default.
    TrustedPublishers = { ["acme"] = ["37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa"] },

    // A person decides here, in your application. Never a model: it may be the one who was talked into it.
    Consent = (request, _) =>
    {
        Console.WriteLine("  " + request.ToString().TrimEnd().ReplaceLineEndings(Environment.NewLine + "  "));
        return ValueTask.FromResult(ConsentDecision.Accept);
    },

    // The skill asks for https://api.weather.test; this operator sends it to loopback. Private addresses are refused otherwise.
    Resolve = { ["api.weather.test:443"] = $"http://127.0.0.1:{weatherService.Port}" },

    // The host puts the value into the request. It never enters the sandbox.
    Secrets = name => name == "skill:acme.weather/API_TOKEN" ? token : null,
    AuditFile = auditFile,
};

var host = SkillHost.Create(options);
await using (host)
{
    Title("A signed skill passes the gate");
    var weather = await host.LoadSkillAsync(Path.Combine(skills, "weather.palyra-skill"));
    foreach (var check in weather.Verification.Checks)
    {
        Console.WriteLine($"  {(check.Status == SkillCheckStatus.Passed ? "passed  " : "not yet ")} {check.Name}: {check.Detail}");
    }

    Title("It does useful work");
    var text = host.LoadSkill(Path.Combine(skills, "text.palyra-skill"));
    Console.WriteLine("  " + (await text.CallAsync("acme.text.shout", "hello from webassembly")).Text);

    Title("It fetches from the host that it was granted, with a secret that it never sees");
    var answer = await weather.CallAsync("acme.weather.today", "Cairo", new CallContext { Principal = "amina" });
    Console.WriteLine($"  {answer.Text}, for {answer.Receipt.Fuel} units of fuel");

    Title("It is stopped where it has no right");
    await Refused<CapabilityDeniedException>(() => weather.CallAsync("acme.weather.anywhere", "https://evil.test/steal"));

    Title("A package that was tampered with does not get in");
    var tampered = Path.Combine(folder, "tampered.palyra-skill");
    Tamper(Path.Combine(skills, "weather.palyra-skill"), tampered);
    await Refused<SkillVerificationException>(() => host.LoadSkillAsync(tampered));

    Title("An endless loop ends");
    var trouble = host.LoadSkill(Path.Combine(skills, "trouble.palyra-skill"));
    await Refused<SkillLimitException>(() => trouble.CallAsync("acme.trouble.loop_forever", ""));
}

// Only now has every call its receipt.
var head = host.AuditHead;

Title("All of it is on record");
if (!AuditTrail.Print(auditFile, head))
{
    return 1;
}

Directory.Delete(folder, recursive: true);
Console.WriteLine("quickstart: ok");
return 0;

static void Title(string text) => Console.WriteLine($"\n== {text}");

// Whoever holds the package can put another host into its manifest, but cannot sign it.
static void Tamper(string package, string tampered)
{
    File.Copy(package, tampered);
    using var zip = ZipFile.Open(tampered, ZipArchiveMode.Update);
    var entry = zip.GetEntry("skill.toml")!;
    using var reader = new StreamReader(entry.Open());
    var manifest = reader.ReadToEnd().Replace("api.weather.test", "evil.test", StringComparison.Ordinal);
    reader.Close();
    entry.Delete();
    using var writer = new StreamWriter(zip.CreateEntry("skill.toml").Open());
    writer.Write(manifest);
}

// Runs what must be refused, and shows how a refusal explains itself.
static async Task Refused<TException>(Func<Task> action)
    where TException : SkillException
{
    try
    {
        await action();
    }
    catch (TException e)
    {
        Console.WriteLine($"  {e.Code}: {e.Message}");
        return;
    }

    throw new InvalidOperationException("this should have been refused");
}
