namespace PluginHost.Skills.Chain;

/// <summary>How sound a chain is, from the worst to the best.</summary>
internal enum ChainGrade
{
    /// <summary>Somebody whom the host knows signed what contradicts itself (<c>mawdu'</c>): nothing of it is believed.</summary>
    Fabricated,

    /// <summary>Nobody stands at its beginning (<c>munqati'</c>).</summary>
    Broken,

    /// <summary>Somebody who is believed speaks against it (<c>shadh</c>).</summary>
    Contradicted,

    /// <summary>Unbroken, with a narrator who is not known, or nobody but its publisher (<c>da'if</c>).</summary>
    Weak,

    /// <summary>Unbroken, with an audit, all narrators believed (<c>hasan</c>).</summary>
    Fair,

    /// <summary>Unbroken, reviewed by a person, all narrators trustworthy, on public record (<c>sahih</c>).</summary>
    Sound,

    /// <summary>Three such chains that share nobody but the author (<c>mutawatir</c>).</summary>
    Mass,
}
