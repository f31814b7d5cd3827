using System.Threading.RateLimiting;
using PluginHost.Consent;
using PluginHost.Limits;
using PluginHost.Sandbox;

namespace PluginHost.Hosting;

/// <summary>The modules of a skill, ready to run, and what they hold of the host's memory while they wait.</summary>
internal sealed class SkillModules : IDisposable
{
    /// <summary>The package as it came, and its assets as its guest sees them.</summary>
    private const int Copies = 2;

    private readonly Dictionary<string, SandboxedModule> _modules = new(StringComparer.Ordinal);
    private readonly RateLimitLease _ready;

    private SkillModules(HostServices services, ConsentedSkill skill, CancellationToken cancellation)
    {
        try
        {
            foreach (var module in skill.Tools.Select(tool => tool.Code.Module).DistinctBy(module => module.Path))
            {
                cancellation.ThrowIfCancellationRequested();
                _modules.Add(module.Path, SandboxedModule.Load(module.Module, module.Bytes, metering: true, services.Functions, services.Modules, cancellation));
            }

            var package = skill.Inspected.Signed.Artifact.Entries.Sum(entry => (long)entry.Content.Length);
            _ready = services.Calls.TakeMemory((Copies * package) + _modules.Values.Sum(module => module.ReadyBytes));
            if (!_ready.IsAcquired)
            {
                throw new SkillLimitException(LimiterStrategy.Memory, $"there is no room in this host's memory for '{skill.Request.SkillId}' to wait in");
            }
        }
        catch
        {
            DisposeModules();
            throw;
        }
    }

    public SandboxedModule this[string path] => _modules[path];

    /// <summary>Compiles the modules of a skill.</summary>
    /// <exception cref="SkillVerificationException">The engine cannot compile one.</exception>
    /// <exception cref="SkillLimitException">The host's memory is taken.</exception>
    public static SkillModules Load(HostServices services, ConsentedSkill skill, CancellationToken cancellation) => new(services, skill, cancellation);

    public void Dispose()
    {
        DisposeModules();
        _ready.Dispose();
    }

    private void DisposeModules()
    {
        foreach (var module in _modules.Values)
        {
            module.Dispose();
        }
    }
}
