namespace PluginHost;

/// <summary>An error that ended a call after its guest had run.</summary>
internal interface ISkillCallFailure
{
    SkillCallReceipt? Receipt { get; }
}
