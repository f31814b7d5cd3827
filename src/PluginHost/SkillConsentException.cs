namespace PluginHost;

/// <summary>Nobody consented to what a verified skill asks for. Codes begin with <c>consent.</c></summary>
public sealed class SkillConsentException : SkillException
{
    internal SkillConsentException(string rule, string message, ConsentRequest request, Exception? inner = null)
        : base("consent." + rule, message, inner) => Request = request;

    /// <summary>What was asked, to be shown and answered.</summary>
    public ConsentRequest Request { get; }
}
