using System.CommandLine;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using PluginHost.Agents;
using PluginHost.Agents.Mcp;
using PluginHost.Cli.Library;
using PluginHost.Cli.Skills;
using PluginHost.Cli.State;
using PluginHost.Hosting;

namespace PluginHost.Cli.Mcp;

/// <summary>
/// <c>mcp serve</c>: offers the tools of installed skills to a client of the Model Context Protocol, over standard input and output. Nobody is asked for anything: standard input
/// is the client's.
/// </summary>
internal static class McpServeCommand
{
    public static Command Create()
    {
        var ids = new Argument<string[]>("id") { Description = "Ids of skills; all that are installed and may run without any.", Arity = ArgumentArity.ZeroOrMore };
        var principal = new Option<string?>("--principal") { Description = "On whose behalf tools are called; secret scope principal:NAME matches it.", HelpName = "NAME" };
        var (state, trust, flags) = (StateFlag.Create(), new TrustFlags(), new RunFlags());
        var command = new Command("serve", "Offer the tools of installed skills to an MCP client, over standard input and output.") { ids, principal, state };
        trust.AddTo(command);
        flags.AddSilentTo(command);
        // On another thread, so that signals are listened to meanwhile: they end it in order.
        command.SetAction((parse, cancellation) => Task.Run(() => CommandOutput.Guard(parse, json: false, () =>
        {
            var options = flags.SilentOptions(parse, trust, ReadingVerb.Root(parse.GetValue(state)));
            options.Actor = "user:" + Environment.UserName;
            return Serve(options, flags.LoadOptions(parse), parse.GetValue(ids) ?? [], Context(parse.GetValue(principal)), parse.InvocationConfiguration.Error, cancellation).GetAwaiter().GetResult();
        })));
        return command;
    }

    private static CallContext Context(string? principal)
    {
        try
        {
            return new CallContext { Principal = principal, Session = Guid.NewGuid().ToString("n") };
        }
        catch (ArgumentException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.principal", e.Message);
        }
    }

    private static async Task<int> Serve(SkillHostOptions options, SkillLoadOptions load, string[] ids, CallContext context, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            var host = SkillHost.Create(options);
            await using (host.ConfigureAwait(false))
            {
                var skills = await Load(host, load, ids, error, cancellation).ConfigureAwait(false);
                try
                {
                    await Serve(skills, context, cancellation).ConfigureAwait(false);
                }
                finally
                {
                    await Task.WhenAll(skills.Select(skill => skill.DisposeAsync().AsTask())).ConfigureAwait(false);
                }

                return ExitCode.Done;
            }
        }
        catch (OptionsValidationException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.options", e.Message);
        }
        catch (ToolCollisionException e)
        {
            throw new CommandError(ExitCode.Refused, "policy.tool-name", $"{e.Message}: name the skills that are to be offered");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }

    private static async Task Serve(IEnumerable<LiveSkill> skills, CallContext context, CancellationToken cancellation)
    {
        using var tools = new SkillMcpTools(skills, new SkillFunctionOptions { Context = context });
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "pluginhost", Version = typeof(SkillHost).Assembly.GetName().Version!.ToString(3) },
            ToolCollection = tools.Collection,
        };
        var transport = new StdioServerTransport(options);
        await using (transport.ConfigureAwait(false))
        {
            var server = McpServer.Create(transport, options);
            await using (server.ConfigureAwait(false))
            {
                await server.RunAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A skill that is named has to load; of all, what is refused is told and left out.</summary>
    private static async Task<List<LiveSkill>> Load(SkillHost host, SkillLoadOptions load, string[] ids, TextWriter error, CancellationToken cancellation)
    {
        var skills = new List<LiveSkill>();
        var wanted = ids.Length > 0 ? ids : host.Library.List().Where(entry => entry is { IsCurrent: true, Status: SkillStatus.Enabled }).Select(entry => entry.SkillId);
        foreach (var id in wanted)
        {
            try
            {
                skills.Add(await host.LoadLiveInstalledSkillAsync(id, load, follows: true, cancellation).ConfigureAwait(false));
            }
            catch (Exception e) when (ids.Length == 0 && (e is SkillException or IOException or UnauthorizedAccessException))
            {
                await error.WriteLineAsync($"{id} is not offered: {(e as SkillException)?.Code ?? "environment.file"}: {Printable.Text(e.Message)}").ConfigureAwait(false);
            }
        }

        return skills.Count > 0 ? skills : throw new CommandError(ExitCode.Refused, "policy.not-installed", "no installed skill can be offered: install one and consent to it ('pluginhost skills run')");
    }
}
