using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.State;

namespace PluginHost.Cli.Attest;

/// <summary>The bundle that a link is added to. Whoever else adds one waits until this is done.</summary>
internal sealed class AttestBundle : IDisposable
{
    private readonly IDisposable _turn;
    private readonly byte[] _bytes;

    private AttestBundle(string path)
    {
        Path = path;
        _turn = FileLock.Acquire(path, "bundle");
        try
        {
            _bytes = File.Exists(path) ? InputFiles.Read(path, TrustBundle.MaxBytes) : [];
        }
        catch (CommandError)
        {
            _turn.Dispose();
            throw;
        }

        // A key or a package that is named by mistake would be lost.
        if (_bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8) is not ([] or [(byte)'{', ..]))
        {
            _turn.Dispose();
            throw new CommandError(ExitCode.Usage, "usage.bundle", $"'{path}' is no bundle: it does not begin with an envelope");
        }
    }

    public string Path { get; }

    public static AttestBundle Open(string path) => new(path);

    /// <summary>Its links, whoever signed them.</summary>
    public IEnumerable<ChainLink> Links() => LinksOf(_bytes);

    /// <summary>Links of a bundle, likewise.</summary>
    public static IEnumerable<ChainLink> LinksOf(ReadOnlyMemory<byte> bundle) => BundleLines.Envelopes(bundle).Select(Read).OfType<ChainLink>();

    /// <summary>Links that a link of this bundle can stand on: its own, and those in the package and in the bundle beside it.</summary>
    public IEnumerable<ChainLink> LinksAbout(SignedSkill skill, string beside) => Links()
        .Concat(ChainEvidence.Lines(skill, beside != Path && File.Exists(beside) ? InputFiles.Read(beside, EvidenceBundle.MaxBytesWithProofs) : default).Where(line => BundleLines.MayBeOne(line.Line)).Select(line => Read(line.Line)).OfType<ChainLink>())
        .Where(link => link.Payloads.Contains(skill.Artifact.Payload) && link.IsSigned);

    public void Add(byte[] envelope)
    {
        byte[] separator = _bytes.Length > 0 && _bytes[^1] != '\n' ? [(byte)'\n'] : [];
        OutputFile.Write(Path, [.. _bytes, .. separator, .. envelope, (byte)'\n']);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Reads a line; null for what is no link, which is for others.</summary>
    private static ChainLink? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            return ChainLinkReader.Read(envelope, InTotoStatement.Read(envelope.Payload));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
