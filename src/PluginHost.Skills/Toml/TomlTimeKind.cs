namespace PluginHost.Skills.Toml;

/// <summary>The parts of a <see cref="TomlTime"/>.</summary>
internal enum TomlTimeKind
{
    /// <summary>Date, time and offset.</summary>
    Instant,

    /// <summary>Date and time.</summary>
    LocalDateTime,

    /// <summary>A date.</summary>
    LocalDate,

    /// <summary>A time.</summary>
    LocalTime,
}
