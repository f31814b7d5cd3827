using System.Text;

namespace PluginHost.Capabilities.Secrets;

/// <summary>The secrets that a call has had to do with, so that they are found where they do not belong.</summary>
internal sealed class SecretWatch
{
    private readonly Dictionary<string, SecretForms> _secrets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public void Add(string name, string value)
    {
        lock (_gate)
        {
            _secrets[name] = new SecretForms(value);
        }
    }

    /// <summary>Name of a secret that a text holds, in whatever form; null where it holds none.</summary>
    public string? FindIn(ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            foreach (var (name, forms) in _secrets)
            {
                if (forms.AreIn(text))
                {
                    return name;
                }
            }

            return null;
        }
    }

    /// <inheritdoc cref="FindIn(ReadOnlySpan{byte})"/>
    public string? FindIn(string text)
    {
        lock (_gate)
        {
            if (_secrets.Count == 0)
            {
                return null;
            }
        }

        return FindIn(Encoding.UTF8.GetBytes(text));
    }
}
