using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>How a log is kept: checkpoints, segments, and what is removed of them.</summary>
internal sealed partial class AuditLog
{
    private const int MaxNeighbours = 100;

    /// <summary>Bytes after which the end of a segment is tried again.</summary>
    private const long Pause = 64 * 1024;

    /// <summary>Ends a segment that is full, and signs how far the log goes. None of it is about an effect, so it may fail and is tried again.</summary>
    private void Tidy()
    {
        if (_owed.WrittenCount > 0)
        {
            return;
        }

        try
        {
            if (_store.SegmentBytes >= _endAt)
            {
                EndSegment();
            }
            else if (_chain.Sequence - _checkpoint >= _settings.CheckpointRecords)
            {
                Checkpoint();
            }
        }
        catch (Exception e) when (e is SkillStateException || IsFault(e))
        {
            // The next record finds out whether the store takes any.
        }
    }

    private void EndSegment()
    {
        // Where there is no room for the next one, it is not tried again with every record.
        _endAt = _store.SegmentBytes + Pause;
        Flushed();
        if (_store.EndSegment())
        {
            _endAt = _settings.SegmentBytes;
            Own("segment", static writer => writer.WriteString("producer", "pluginhost"));

            // The mark of an anchor moves into the new segment before any old one may go.
            Checkpoint();
            Retain();
        }
    }

    private void Own(string type, Action<Utf8JsonWriter> fields)
    {
        _chain.Seal(type, fields);
        Store(_chain.Line);
        _chain.Advance();
    }

    private void Checkpoint()
    {
        var position = new AuditPosition(_store.Name, _chain.Sequence, _chain.Head);
        if (_settings.Signer is { } signer && _checkpoint != _chain.Sequence)
        {
            var note = signer.Sign(position);
            Own("checkpoint", writer =>
            {
                writer.WriteNumber("size", position.Sequence);
                writer.WriteString("head", position.Head);
                writer.WriteString("note", note);
                writer.WriteStartArray("others");
                foreach (var other in _neighbours.Take(MaxNeighbours))
                {
                    writer.WriteStartObject();
                    writer.WriteString("log", other.Log);
                    writer.WriteNumber("size", other.Sequence);
                    writer.WriteString("head", other.Head);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            _neighbours = [];
            _checkpoint = _chain.Sequence;
            Flushed();
            _store.Publish(note);
        }
        else if (_settings.Checkpointed is not null)
        {
            Flushed();
        }

        _checkpoint = _chain.Sequence;
        _settings.Checkpointed?.Invoke(position);
    }

    /// <summary>Removes finished segments that are too old or too much, each on record first, so that what is left verifies.</summary>
    private void Retain()
    {
        if (_settings is { RetainBytes: null, RetainFor: null })
        {
            return;
        }

        var finished = _store.Finished();
        var bytes = finished.Sum(segment => segment.Bytes);
        foreach (var segment in finished)
        {
            var isOld = _settings.RetainFor is { } span && _time.GetUtcNow() - segment.Ended > span;
            if (!isOld && !(bytes > _settings.RetainBytes))
            {
                return;
            }

            bytes -= segment.Bytes;
            try
            {
                Remove(segment);
            }
            catch (Exception e) when (IsFault(e))
            {
                // It is damaged, another process has removed it, or it stays until the next time.
            }
        }
    }

    private void Remove(AuditSegment segment)
    {
        var (sequence, head) = SegmentEnd.Of(segment.Path) ?? (0, "");
        var before = _store.RemovedBy(segment);
        Own("lifecycle", writer =>
        {
            writer.WriteString("event", "retention");
            writer.WriteString("segment", System.IO.Path.GetFileName(segment.Path));
            writer.WriteNumber("last", sequence);
            writer.WriteString("head", head);
            writer.WriteStartArray("before");
            foreach (var name in before)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        });
        Flushed();
        _store.Remove(segment);
    }
}
