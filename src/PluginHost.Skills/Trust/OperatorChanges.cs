namespace PluginHost.Skills.Trust;

/// <summary>What an operator's word changes in whom a host trusts, without a signature of the publisher. Ratchets and revocations stay.</summary>
internal static class OperatorChanges
{
    /// <summary>The same with a key pinned, as if the publisher had been met with it.</summary>
    /// <exception cref="FormatException">The publisher is known already, or the key is somebody else's.</exception>
    public static TrustView Pinned(this TrustView view, string publisher, string key)
    {
        CheckRole(view, key);
        return view.Store.Lists(publisher) ? throw new FormatException($"keys are listed for '{publisher}': a pin would add nothing")
            : view.Store.PinOf(publisher) == key ? view
            : view.Store.PinOf(publisher) is not null || view.Ledger.Publishers.ContainsKey(publisher) ? throw new FormatException($"another key is pinned for '{publisher}': 'trust rotate' lets this one follow")
            : view with { Store = view.Store.WithPin(publisher, key) };
    }

    /// <summary>
    /// The same with a key in the place of another. A pinned publisher's former keys stay known as such, so that what they signed before goes on; one that was
    /// frozen is not any more.
    /// </summary>
    /// <param name="view">What is so now.</param>
    /// <param name="publisher">The publisher.</param>
    /// <param name="key">The key that counts from now on.</param>
    /// <param name="former">The key it follows; null where there is only one.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FormatException">Nothing is known of the publisher, it is not clear which key is meant, or the key is somebody else's.</exception>
    public static TrustView Rotated(this TrustView view, string publisher, string key, string? former, DateTimeOffset now)
    {
        CheckRole(view, key);
        if (!view.Store.Lists(publisher))
        {
            var pin = view.Store.PinOf(publisher) ?? throw new FormatException($"no key is known for '{publisher}': 'trust add' lists one, 'trust pin' pins one");
            var known = view.Ledger.Publishers.GetValueOrDefault(publisher) ?? PublisherKeys.FirstMet(pin, now);
            if (former is not null && former != pin)
            {
                throw new FormatException($"the key that is pinned for '{publisher}' is {pin}");
            }

            if (known.Revoked.ContainsKey(key))
            {
                throw new FormatException($"'{publisher}' revoked the key {key}");
            }

            if (pin == key && !known.Frozen && known.Current().Keys is [var current] && current == key)
            {
                return view;
            }

            // The succession begins anew: whoever holds a former key signs nothing that is followed.
            var anew = PublisherKeys.FirstMet(key, now) with
            {
                Revoked = known.Revoked,
                Former = [.. known.Former ?? [], .. known.Sets.SelectMany(set => set.Keys).Where(one => one != key)],
            };
            return new TrustView(view.Store.Without(publisher).WithPin(publisher, key), view.Ledger with { Publishers = view.Ledger.Publishers.SetItem(publisher, anew) });
        }

        var listed = view.Store.Listing.Where(pair => pair.Publisher == publisher).Select(pair => pair.Key).ToList();
        former ??= listed is [var only] ? only : throw new FormatException($"{listed.Count} keys are listed for '{publisher}': --from names the one that is followed");
        return !listed.Contains(former) ? throw new FormatException($"the key {former} is not listed for '{publisher}'")
            : former == key ? view
            : view with { Store = view.Store.With(publisher, key).Without(publisher, former) };
    }

    /// <summary>The same with what another store says. It adds; where it contradicts what is known here, nothing is taken over.</summary>
    /// <exception cref="FormatException">It contradicts, and where.</exception>
    public static TrustView Merged(this TrustView view, TrustStore other)
    {
        var problems = new List<string>();
        var merged = view;
        foreach (var (publisher, key) in other.Listing)
        {
            Try(() => merged = view.Store.PinOf(publisher) is not null && !view.Store.Lists(publisher)
                ? throw new FormatException($"a key is pinned for '{publisher}' here, and would not count any more: 'trust remove' it first")
                : merged.Listed(publisher, key));
        }

        foreach (var (publisher, key) in other.Pins.Where(pin => !other.Lists(pin.Publisher)))
        {
            Try(() => merged = merged.Pinned(publisher, key));
        }

        return problems.Count == 0 ? merged : throw new FormatException(string.Join("; ", problems));

        void Try(Action change)
        {
            try
            {
                change();
            }
            catch (FormatException e)
            {
                problems.Add(e.Message);
            }
        }
    }

    /// <summary>The same with a key listed.</summary>
    /// <exception cref="FormatException">The key has another role, or was revoked.</exception>
    public static TrustView Listed(this TrustView view, string publisher, string key)
    {
        CheckRole(view, key);
        return view with { Store = view.Store.With(publisher, key) };
    }

    private static void CheckRole(TrustView view, string key)
    {
        if (view.OtherRoleOf(key) is { } role)
        {
            throw new FormatException($"the key {key} is a key of another role here ({role}): a key has one role");
        }

        if (view.Ledger.RevokedKeys.ContainsKey(key))
        {
            throw new FormatException($"the key {key} was revoked");
        }
    }
}
