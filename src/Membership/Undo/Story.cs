using System.Globalization;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Groups;

namespace UserManagement.Membership.Undo;

/// <summary>
/// What the audit log says of one person or group from a cycle on: how each field was before it, how the cycle left it, and who changed
/// it since. Lines of cycles that were undone, and of undos, count for nothing: what they left shows in the row itself.
/// </summary>
internal sealed class Story
{
    private const int ToldOfGroups = 200;
    private static readonly string[] Follows = ["seat.given", "rule.applied"];
    private readonly Dictionary<string, string?> _wanted = [];
    private readonly Dictionary<string, string?> _left = [];
    private readonly Dictionary<string, AuditEntry> _since = [];
    private readonly Dictionary<Guid, AuditEntry> _membersSince = [];
    private AuditEntry? _allSince;

    private Story(Guid target) => Target = target;

    /// <summary>The person or group.</summary>
    public Guid Target { get; }

    /// <summary>The name that the last line gives; null where it was erased.</summary>
    public string? Name { get; private set; }

    /// <summary>Whether the cycle made it.</summary>
    public bool IsCreated { get; private set; }

    /// <summary>Whether the cycle deleted it, and did not bring it back.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Whether lines of the cycle were erased, so that nobody knows what was before.</summary>
    public bool IsErased { get; private set; }

    /// <summary>Of a person whom the cycle deleted: the groups in which they were; null where that was not kept.</summary>
    public IReadOnlyList<Guid>? Groups { get; private set; }

    /// <summary>Of a group that the cycle deleted: what was kept of it; null where nothing was.</summary>
    public NoteFacts? Deleted { get; private set; }

    /// <summary>Of a group: whom the cycle took out or brought in, and whether they were in it before.</summary>
    public Dictionary<Guid, bool> WasIn { get; } = [];

    /// <summary>How many whom the cycle took out or brought in the log does not name.</summary>
    public int Unnamed { get; private set; }

    /// <summary>The user names that the cycle took from a person, the last first.</summary>
    public List<string> FormerNames { get; } = [];

    /// <summary>Tells the story.</summary>
    /// <param name="target">Of whom.</param>
    /// <param name="lines">All lines about them from the cycle's beginning on, oldest first.</param>
    /// <param name="notes">What was kept beside them.</param>
    /// <param name="span">The cycle.</param>
    /// <param name="undone">The cycles that were undone.</param>
    public static Story Of(
        Guid target,
        IEnumerable<AuditEntry> lines,
        IReadOnlyDictionary<Guid, NoteFacts> notes,
        CycleSpan span,
        IReadOnlyList<CycleSpan> undone
    )
    {
        var story = new Story(target);
        foreach (var line in lines.Where(l => !l.Refused && !Follows.Contains(l.Act)))
        {
            story.Name = line.TargetName ?? story.Name;
            var note = notes.GetValueOrDefault(line.Id.Value);
            if (span.Includes(line))
            {
                story.Take(line, note);
            }
            else if (!IsUndo(line) && !undone.Any(u => u.Includes(line)))
            {
                story.TakeSince(line, note);
            }
        }

        return story;
    }

    /// <summary>Whether the cycle changed a field.</summary>
    public bool Has(string field) => _wanted.ContainsKey(field);

    /// <summary>How it was before the cycle: a text, <c>true</c> or <c>false</c>; null for nothing.</summary>
    public string? Wanted(string field) => _wanted.GetValueOrDefault(field);

    /// <summary>Whether a field has the value that the cycle gave it; of a long one the log keeps the beginning.</summary>
    public bool IsAsLeft(string field, string? now) =>
        _left.GetValueOrDefault(field) is var left
        && (
            left == now || (left is { Length: > 4000 } && left[^1] == '…' && now?.StartsWith(left[..^1], StringComparison.Ordinal) == true)
        );

    /// <summary>Whether the log kept only the beginning of what was before.</summary>
    public bool IsCut(string field) => Wanted(field) is { Length: > 4000 } text && text[^1] == '…';

    /// <summary>Who changed one of these fields since, in words; null for nobody.</summary>
    public string? Since(params ReadOnlySpan<string> fields)
    {
        AuditEntry? last = null;
        foreach (var field in fields)
        {
            last = _since.GetValueOrDefault(field) is { } line && (last is null || line.Id > last.Id) ? line : last;
        }

        return last is null ? null : By(last);
    }

    /// <summary>Who changed anything of what an admin or a directory decides since, in words; null for nobody.</summary>
    public string? SinceAny() =>
        _since.Keys.Except(["accountId", "joinedAt", "hasSeat", "waitsSince"]).ToArray() is { Length: > 0 } fields ? Since(fields) : null;

    /// <summary>Who moved somebody into the group or out of it since, in words; null for nobody.</summary>
    public string? Since(Guid member) => (_membersSince.GetValueOrDefault(member) ?? _allSince) is { } line ? By(line) : null;

    /// <summary>Who moved anybody at all since, in words; null for nobody.</summary>
    public string? SinceMembers() =>
        (_allSince ?? _membersSince.Values.OrderByDescending(l => l.Id).FirstOrDefault()) is { } line ? By(line) : null;

    /// <summary>Whether a line tells what an undo did.</summary>
    private static bool IsUndo(AuditEntry line) =>
        line.ActorKind != ActorKind.Directory && line.Reason?.EndsWith(UndoReason.End, StringComparison.Ordinal) == true;

    private static string By(AuditEntry line) =>
        $"{line.ActorName} at {line.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC";

    private void Take(AuditEntry line, NoteFacts? note)
    {
        IsErased |= line is { ErasedAt: not null };
        if (line.Act == "group.membersChanged")
        {
            Move(line, note, (member, wasIn) => WasIn.TryAdd(member, wasIn), missing => Unnamed += missing);
            return;
        }

        var (before, after) = (Facts(line.Before), Facts(line.After));
        foreach (var field in before.Keys.Union(after.Keys))
        {
            _ = _wanted.TryAdd(field, note?.Texts?.GetValueOrDefault(field) ?? before.GetValueOrDefault(field));
            _left[field] = after.GetValueOrDefault(field);
        }

        if (before.GetValueOrDefault("userName") is { } name && line.After is not null)
        {
            FormerNames.Insert(0, name);
        }

        IsCreated |= line is { Before: null, ErasedAt: null, Act: "member.provisioned" or "group.created" };
        IsDeleted = line.Act == "group.deleted" || (after.TryGetValue("state", out var state) ? state == "ended" : IsDeleted);
        Groups = IsDeleted ? note?.Groups ?? (note is null ? null : []) : null;
        if (IsDeleted && line.Act == "group.deleted")
        {
            Deleted = note;
            foreach (var member in NoteFacts.Unpacked(note?.Removed))
            {
                _ = WasIn.TryAdd(member, true);
            }
        }
    }

    private void TakeSince(AuditEntry line, NoteFacts? note)
    {
        if (line.Act == "group.membersChanged")
        {
            Move(line, note, (member, _) => _membersSince[member] = line, _ => _allSince = line);
            return;
        }

        foreach (var field in Facts(line.Before).Keys.Union(Facts(line.After).Keys).Where(Has))
        {
            _since[field] = line;
        }
    }

    private static void Move(AuditEntry line, NoteFacts? note, Action<Guid, bool> move, Action<int> unnamed)
    {
        foreach (var (json, packed, word) in new[] { (line.Before, note?.Removed, "removed"), (line.After, note?.Added, "added") })
        {
            var wasIn = word == "removed";
            if (packed is not null)
            {
                NoteFacts.Unpacked(packed).ToList().ForEach(member => move(member, wasIn));
                continue;
            }

            if (json is null)
            {
                continue;
            }

            using var facts = JsonDocument.Parse(json);
            if (facts.RootElement.TryGetProperty(word, out var some) && some.ValueKind == JsonValueKind.Array)
            {
                some.EnumerateArray().ToList().ForEach(member => move(member.GetGuid(), wasIn));
            }

            if (facts.RootElement.TryGetProperty("count", out var count) && count.GetInt32() is > ToldOfGroups and var all)
            {
                unnamed(all - ToldOfGroups);
            }
        }
    }

    private static Dictionary<string, string?> Facts(string? json)
    {
        if (json is null)
        {
            return [];
        }

        using var facts = JsonDocument.Parse(json);
        return facts.RootElement.EnumerateObject().Where(f => f.Name != "passedOver").ToDictionary(f => f.Name, f => Text(f.Value));
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}
