using System.CommandLine;

namespace PluginHost.Cli.Skills;

/// <summary>Options of Palyra's command line that mean nothing here, or that are not safe: they are refused with advice instead of being misunderstood.</summary>
internal static class PalyraFlags
{
    private const string NoDaemon = "there is no daemon here: the decision is made in the state directory that --state names, for every process on it";
    private const string NoSkillsDirectory = "installed skills are in the state directory: --state DIR";
    private const string NobodyUntrusted = "nothing untrusted is installed: 'pluginhost trust add' lists the publisher's key, --allow-tofu takes the first one that is met";

    private static readonly string[] Installed = ["install", "update", "remove", "list", "info", "check", "verify", "audit", "quarantine", "enable"];

    /// <summary>Adds them to the verbs of <c>skills</c> that Palyra has, too.</summary>
    public static Command Refuse(Command skills)
    {
        foreach (var verb in skills.Subcommands)
        {
            if (Installed.Contains(verb.Name))
            {
                Refuse(verb, "--skills-dir", NoSkillsDirectory);
            }

            switch (verb.Name)
            {
                case "install" or "update":
                    Refuse(verb, "--allow-untrusted", NobodyUntrusted);

                    // Nothing is asked there in any case.
                    verb.Add(new Option<bool>("--non-interactive") { Hidden = true });
                    break;
                case "quarantine" or "enable":
                    foreach (var option in new[] { "--url", "--token", "--device-id", "--channel" })
                    {
                        Refuse(verb, option, NoDaemon);
                    }

                    break;
            }
        }

        return skills;
    }

    private static void Refuse(Command verb, string name, string advice)
    {
        var option = new Option<string?>(name) { Hidden = true, Arity = ArgumentArity.ZeroOrOne };
        option.Validators.Add(result => result.AddError($"{name} of Palyra is not known here: {advice}"));
        verb.Add(option);
    }
}
