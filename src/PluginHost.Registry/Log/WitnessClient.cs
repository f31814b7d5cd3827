using System.Net;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Log;

/// <summary>Asks witnesses to cosign a checkpoint. One that does not answer, or answers something else, is told and left out.</summary>
internal static class WitnessClient
{
    private const int MaxAnswer = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Collects cosignatures.</summary>
    /// <param name="note">The checkpoint, signed by the log.</param>
    /// <param name="files">The log's files, which hold its tree.</param>
    /// <param name="witnesses">Witnesses with an address.</param>
    /// <param name="tell">Is told of each that did not cosign.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The checkpoint with the cosignatures that hold.</returns>
    public static async Task<Note> CosignAsync(Note note, ILogFiles files, IEnumerable<LogPolicyKey> witnesses, Action<string> tell, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience, MaxResponseContentBufferSize = MaxAnswer };
        var reader = new LogReader(files, Checkpoint.Read(note.Text).Size);
        foreach (var witness in witnesses.Where(witness => witness.Address is not null))
        {
            try
            {
                var lines = await AskAsync(client, witness, note, reader, cancellation).ConfigureAwait(false);

                // All lines are looked at beside the checkpoint: all of the witness have to hold, and one of them is taken.
                var answer = Note.Read($"{note.Text}\n{lines}");
                if (answer.Text != note.Text || !answer.IsSignedBy(witness.Key))
                {
                    throw new FormatException("its answer holds no cosignature of its key");
                }

                note = note.With([answer.Signatures.First(signature => signature.Name == witness.Key.Name && signature.Id == witness.Key.Id).Line]);
            }
            catch (Exception e) when (e is HttpRequestException or FormatException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                tell($"the witness '{witness.Name}' did not cosign: {Printable.Text(e.Message)}");
            }
        }

        return note;
    }

    private static async Task<string> AskAsync(HttpClient client, LogPolicyKey witness, Note note, LogReader reader, CancellationToken cancellation)
    {
        var address = Uri.TryCreate($"{witness.Address!.TrimEnd('/')}/add-checkpoint", UriKind.Absolute, out var parsed) && PublicAddress.Is(parsed)
            ? parsed
            : throw new FormatException($"'{witness.Address}' is no https address (http is for this machine alone)");

        // How large a tree the witness knows is its own to say: it is asked with none, and once more with the one that it names.
        for (long? old = 0; ;)
        {
            var proof = await reader.ProveConsistencyAsync(old.Value, cancellation).ConfigureAwait(false);
            var request = $"old {old}\n{string.Concat(proof.Select(hash => Convert.ToBase64String(hash) + "\n"))}\n{note}";
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(request));
            using var response = await client.PostAsync(address, content, cancellation).ConfigureAwait(false);
            var answer = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return answer;
            }

            if (response.StatusCode == HttpStatusCode.Conflict && old == 0 && Checkpoint.Number(answer.AsSpan().TrimEnd('\n')) is > 0 and var known)
            {
                old = known;
                continue;
            }

            throw new FormatException($"it answers with {(int)response.StatusCode}: {answer.Trim()}");
        }
    }
}
