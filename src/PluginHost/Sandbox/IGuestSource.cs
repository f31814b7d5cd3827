namespace PluginHost.Sandbox;

/// <summary>Where the guest of a call comes from, and where it goes afterwards.</summary>
internal interface IGuestSource
{
    /// <summary>A guest for one call, of which nobody else has hold.</summary>
    /// <param name="memoryBytes">What its memories may take.</param>
    GuestInstance Take(long memoryBytes);

    /// <summary>Takes it back, once nothing of it runs any more.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="isIntact">Whether it ended by itself and nothing told it to stop: its memory is as it wants it to be.</param>
    void Return(GuestInstance guest, bool isIntact);

    /// <summary>Makes what the next call needs, where that is safe.</summary>
    /// <param name="memoryBytes">What its memories may take.</param>
    void MakeAhead(long memoryBytes);
}
