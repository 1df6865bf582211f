namespace UserManagement.AdminUi.InvitationPages;

/// <summary>
/// User names and addresses out of a list as people type or paste it: one a line, or separated by commas or semicolons, each
/// bare or as a mail program writes it (RFC 5322 section 3.4): <c>Last, First &lt;address&gt;</c>, <c>"Name" &lt;address&gt;</c>.
/// Where an entry has an address in angle brackets, that alone is meant. Blanks separate addresses; a user name may hold them.
/// </summary>
internal static class PastedNames
{
    private const string Mailto = "mailto:";

    /// <summary>The names, in the order found; whether they are good is the core's to say.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var names = new List<string>();
        foreach (var entry in text.Split([';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            Read(entry, names);
        }

        return names;
    }

    /// <summary>One entry: what stands before an address in brackets is its owner's name, commas and all.</summary>
    private static void Read(string entry, List<string> names)
    {
        for (var open = Bracket(entry); open >= 0; open = Bracket(entry))
        {
            var close = entry.IndexOf('>', open);
            Bare(Before(entry[..open]), names);
            Add(entry[(open + 1)..close], names);
            entry = entry[(close + 1)..];
        }

        Bare(entry, names);
    }

    // a bare address may stand before the name: "bob@corp.example, Hopper, Grace <grace@corp.example>"
    private static string Before(string text) =>
        string.Join(
            ',',
            text.Split(',')
                .SkipLast(1)
                .Where(part => part.Contains('@', StringComparison.Ordinal) && !part.Trim().AsSpan().ContainsAny(' ', '"'))
        );

    private static void Bare(string text, List<string> names)
    {
        foreach (var part in text.Split(','))
        {
            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in words.All(w => w.Contains('@', StringComparison.Ordinal)) ? words : [part])
            {
                Add(name, names);
            }
        }
    }

    private static int Bracket(string entry) =>
        entry.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && entry.IndexOf('>', open) > open ? open : -1;

    private static void Add(string text, List<string> names)
    {
        var name = text.Trim();
        name = name.StartsWith(Mailto, StringComparison.OrdinalIgnoreCase) ? name[Mailto.Length..] : name;
        if (name.Length > 0)
        {
            names.Add(name);
        }
    }
}
