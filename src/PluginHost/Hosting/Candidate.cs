using System.Collections.Immutable;
using PluginHost.Consent;
using PluginHost.Skills.Inspection;

namespace PluginHost.Hosting;

/// <summary>A skill that passed every room but consent.</summary>
/// <param name="Skill">The skill.</param>
/// <param name="Plan">What its tools would get.</param>
/// <param name="Request">The same in words.</param>
/// <param name="Terms">The same in a form that can be kept and compared.</param>
/// <param name="Schemas">What goes into and comes out of each tool, by its id.</param>
/// <param name="Config">Its settings.</param>
internal sealed record Candidate(
    InspectedSkill Skill,
    ImmutableArray<ToolGrant> Plan,
    ConsentRequest Request,
    ConsentTerms Terms,
    ImmutableDictionary<string, ToolSchemas> Schemas,
    ImmutableDictionary<string, string> Config);
