using PluginHost.Lifecycle;

namespace PluginHost.State;

/// <summary>What several machines know together.</summary>
internal interface ISharedState : IDisposable
{
    /// <summary>Which one it is: a state directory that has belonged to one belongs to no other.</summary>
    string Id { get; }

    /// <summary>Whom they trust.</summary>
    ITrustDocuments Trust { get; }

    /// <summary>The journal of what has happened to versions of skills.</summary>
    IJournalStore OpenJournal();
}
